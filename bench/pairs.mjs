// Compares what small GETs cost with two gateways under load at the same time, on one core; see docs/benchmark.md#in-pairs.
import { existsSync, writeFileSync } from 'node:fs'
import { enter, say } from './entry.mjs'
import { commandLine } from './machine.mjs'
import { builtIn, pairs, programIn } from './pairs/candidates.mjs'
import { measurePair } from './pairs/measure.mjs'
import { readOptions, usage } from './pairs/options.mjs'
import { page, summarize, table } from './pairs/report.mjs'
import { allowedCores } from './proc.mjs'
import { buildPortolan, prepareTools } from './tools.mjs'
import { startUpstream } from './upstream.mjs'
import { workFolder } from './work-folder.mjs'

await enter(main)

async function main(argv) {
  const { rounds, beside, json, help } = readOptions(argv)
  if (help) return print(usage)
  if (beside && !existsSync(programIn(beside))) throw new Error(`${programIn(beside)} is not there: build it first`)
  const results = summarize(await measureAll(beside ? [builtIn(beside)] : pairs, rounds))
  print(json ? `${JSON.stringify(results)}\n` : table(results))
  if (!beside)
    writeFileSync(new URL('PAIRS.md', import.meta.url), page(commandLine('bench:pairs', argv), results, rounds))
  return results.every(({ met }) => met !== false) ? 0 : 1
}

/** @returns the pairs, each with `micros`: of each round what a request has cost the one and the `other` */
async function measureAll(some, rounds) {
  const { closed } = prepareTools(say)
  buildPortolan(say)
  const [core, loadCore] = allowedCores()
  const dir = workFolder()
  const upstream = await startUpstream({ core: loadCore, dir })
  const place = { core, loadCore, dir, upstreams: upstream.ports, closed }
  const measured = []
  for (const pair of some) measured.push({ ...pair, micros: await measurePair(pair, rounds, place) })
  return measured
}

function print(text) {
  process.stdout.write(text)
  return 0
}
