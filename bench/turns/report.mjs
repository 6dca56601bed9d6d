import { machine, ownVersions } from '../machine.mjs'
import { median, quantile } from '../statistics.mjs'

/** What, candidate, the one it is compared with, at most so many times as much. */
const targets = [
  ['small GET, CPU per request', 'portolan', 'nginx', 1.8],
  ['small GET with the log off (metrics stay), CPU per request', 'portolan-quiet', 'nginx', 1.6],
  ['10,000 services in the table beside one, CPU per request', 'services-10000', 'portolan', 1.05],
]

/**
 * @param sides of each candidate its `name` and its `turns`; the first is what the others are compared with
 * @returns `rows` and `targets`
 */
export function summarize(sides) {
  const [base] = sides
  return {
    rows: sides.map((side) => ({
      name: side.name,
      micros: median(side.turns.map(({ micros }) => micros)),
      perSecond: median(side.turns.map(({ perSecond }) => perSecond)),
      ratio: spread(ratiosOf(side, base)),
    })),
    targets: targets.map(([what, name, other, most]) => {
      const [side, beside] = [name, other].map((one) => sides.find((candidate) => candidate.name === one))
      const ratio = spread(ratiosOf(side, beside))
      return { what, target: `${most} x ${other}`, ratio, met: ratio.median <= most }
    }),
  }
}

/** In each turn: a slow second of the machine strikes neighbours alike. */
function ratiosOf(side, beside) {
  return side.turns.map(({ micros }, turn) => micros / beside.turns[turn].micros)
}

const spread = (numbers) => ({
  median: median(numbers),
  lower: quantile(numbers, 0.25),
  upper: quantile(numbers, 0.75),
})

export function page(command, { rows, targets }, { turns, connections, warmup }) {
  return `# Small GETs in turns

Written by \`${command}\`. How it measures: [docs/benchmark.md](../docs/benchmark.md#in-turns).

- Date: ${new Date().toISOString()}
- Machine: ${machine()}
- Versions: ${ownVersions().join(', ')}
- Load: wrk, ${connections} keep-alive connections; all alive at once on one core, each loaded for 1 s in each of ${turns} turns after ${warmup} s of
  warm-up; medians, and in parentheses the middle half

| what | target | measured | met |
| --- | --- | --- | --- |
${targets.map(({ what, target, ratio, met }) => `| ${what} | ${target} | ${said(ratio)} x | ${met ? 'yes' : 'no'} |`).join('\n')}

| candidate | CPU µs/request | x nginx | requests/s |
| --- | ---: | ---: | ---: |
${rows.map(({ name, micros, ratio, perSecond }) => `| ${name} | ${micros.toFixed(1)} | ${said(ratio)} | ${perSecond.toFixed(0)} |`).join('\n')}
`
}

const said = ({ median, lower, upper }) => `${median.toFixed(2)} (${lower.toFixed(2)}-${upper.toFixed(2)})`
