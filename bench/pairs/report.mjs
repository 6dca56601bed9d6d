import { machine, ownVersions } from '../machine.mjs'
import { median, quantile } from '../statistics.mjs'
import { CONNECTIONS, ROUND_SECONDS, WARMUP_SECONDS } from './measure.mjs'

/** @returns of each pair its names, the medians of what both have cost, the `ratio` within the rounds, and whether its target is `met` */
export function summarize(pairs) {
  return pairs.map(({ what, one, other, most, micros }) => {
    const ratio = spread(micros.map(([ofOne, ofOther]) => ofOne / ofOther))
    return {
      what,
      one: { name: one.name, micros: median(micros.map(([ofOne]) => ofOne)) },
      other: { name: other.name, micros: median(micros.map(([, ofOther]) => ofOther)) },
      ratio,
      most,
      met: most === undefined ? undefined : ratio.median <= most,
    }
  })
}

const spread = (numbers) => ({
  median: median(numbers),
  lower: quantile(numbers, 0.25),
  upper: quantile(numbers, 0.75),
})

const head = `| what | CPU µs/request | beside | CPU µs/request | ratio (middle half) | target | met |
| --- | ---: | --- | ---: | ---: | ---: | --- |`

/** In Markdown, which a terminal shows as well. */
export function table(results) {
  return `${[head, ...results.map(rowOf)].join('\n')}\n`
}

function rowOf({ what, one, other, ratio: { median, lower, upper }, most, met }) {
  const ratio = `${median.toFixed(2)} (${lower.toFixed(2)}-${upper.toFixed(2)})`
  const cells = [`${what}: ${one.name}`, one.micros.toFixed(1), other.name, other.micros.toFixed(1), ratio]
  return `| ${[...cells, most ?? '-', met === undefined ? '-' : met ? 'yes' : 'no'].join(' | ')} |`
}

export function page(command, results, rounds) {
  return `# Small GETs in pairs

Written by \`${command}\`. How it measures: [docs/benchmark.md](../docs/benchmark.md#in-pairs).

- Date: ${new Date().toISOString()}
- Machine: ${machine()}
- Versions: ${ownVersions().join(', ')}
- Load: wrk, ${CONNECTIONS} keep-alive connections to each of the two, at the same time, for ${ROUND_SECONDS} s in each of ${rounds} rounds, after ${WARMUP_SECONDS} s of warm-up; both
  on one core, the load and the instances on another

${table(results)}`
}
