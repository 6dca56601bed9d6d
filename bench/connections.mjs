// Measures what idle connections cost, and what honest clients notice of those that are not; see docs/benchmark.md.
import { readOptions, usage } from './connections/options.mjs'
import { idle } from './connections/parts/idle.mjs'
import { slowloris } from './connections/parts/slowloris.mjs'
import { heldToTargets } from './held-to-targets.mjs'
import { workFolder } from './work-folder.mjs'

await heldToTargets({
  script: 'bench:connections',
  title: 'Connections benchmark results',
  anchor: 'connections',
  page: 'CONNECTIONS.md',
  readOptions,
  usage,
  isFull: ({ full }) => full,
  async measure(options, say) {
    const means = { dir: workFolder(), say, ...options }
    return [...(await idle(means)), ...(await slowloris(means))]
  },
})
