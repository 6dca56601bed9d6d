// How the gateway starts, and what its processes need and cost each other; see docs/benchmark.md.
import { heldToTargets } from './held-to-targets.mjs'
import { startPlainInstance } from './plain-instance.mjs'
import { readOptions, usage } from './scaling/options.mjs'
import { parts } from './scaling/parts/index.mjs'
import { workFolder } from './work-folder.mjs'

const names = Object.keys(parts)

await heldToTargets({
  script: 'bench:scaling',
  title: 'Scaling benchmark results',
  anchor: 'scaling',
  page: 'SCALING.md',
  readOptions: (argv) => readOptions(argv, names),
  usage: usage(names),
  isFull: ({ full }) => full,
  measure,
})

async function measure({ only, nodes }, say) {
  const instance = await startPlainInstance()
  const dir = workFolder()
  const rows = []
  for (const name of only) {
    say(name)
    rows.push(...(await parts[name]({ dir, say, instance, nodes })))
  }
  instance.close()
  return rows
}
