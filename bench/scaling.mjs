// How the gateway starts, and what its processes need and cost each other; see docs/benchmark.md.
import { heldToTargets } from './held-to-targets.mjs'
import { measureParts } from './scaling/measure-parts.mjs'
import { readOptions, usage } from './scaling/options.mjs'
import { parts } from './scaling/parts/index.mjs'

const names = Object.keys(parts)

await heldToTargets({
  script: 'bench:scaling',
  title: 'Scaling benchmark results',
  anchor: 'scaling',
  page: 'SCALING.md',
  readOptions: (argv) => readOptions(argv, names),
  usage: usage(names),
  isFull: ({ full }) => full,
  measure: measureParts,
})
