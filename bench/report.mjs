import { median, range } from './statistics.mjs'

/**
 * What all rounds say of each candidate: medians, and its CPU per request as a multiple of the yardstick's in the same round,
 * since what disturbs the machine disturbs the neighbours in a round alike.
 */
export function summarize(runs, yardstick) {
  const base = runs.find(({ name }) => name === yardstick)?.rounds
  return runs.map(({ name, does, rounds, trouble }) => {
    const good = rounds.filter(Boolean)
    const ratios = rounds.flatMap((round, i) => (round && base?.[i] ? [round.cpuMicros / base[i].cpuMicros] : []))
    const medians = Object.fromEntries(metrics.map((metric) => [metric, median(good.map((round) => round[metric]))]))
    return { name, does, trouble, ...medians, ratio: median(ratios), ratioRange: range(ratios), rounds }
  })
}

const metrics = ['cpuMicros', 'perSecond', 'p50Ms', 'p99Ms', 'coreShare', 'restMiB', 'afterMiB', 'requests']

const columns = [
  ['candidate', (row) => row.name],
  ['CPU µs/request', (row) => fixed(row.cpuMicros, 1)],
  [
    'x nginx (range)',
    (row) =>
      row.ratio === undefined ? '-' : `${fixed(row.ratio, 2)} (${row.ratioRange.map((n) => fixed(n, 2)).join('-')})`,
  ],
  ['requests/s', (row) => fixed(row.perSecond, 0)],
  ['p50 ms', (row) => fixed(row.p50Ms, 2)],
  ['p99 ms', (row) => fixed(row.p99Ms, 2)],
  ['its core busy', (row) => (row.coreShare === undefined ? '-' : `${fixed(row.coreShare * 100, 0)} %`)],
  ['RSS MiB rest', (row) => fixed(row.restMiB, 0)],
  ['RSS MiB after', (row) => fixed(row.afterMiB, 0)],
]

/** The table for a terminal, troubles below it. */
export function plainTable(rows) {
  const cells = tableCells(rows)
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)))
  const pad = (cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
  return [...cells.map((line) => line.map(pad).join('  ')), ...troubles(rows)].join('\n')
}

/** The page that a full run leaves behind. */
export function markdown(rows, { date, command, machine, versions, method }) {
  const [head, ...lines] = tableCells(rows)
  const rule = columns.map((_, i) => (i === 0 ? '---' : '---:'))
  const line = (cells) => `| ${cells.join(' | ')} |`
  return `# Benchmark results

Written by \`${command}\`. How it measures, and how to read this: [docs/benchmark.md](../docs/benchmark.md).

- Date: ${date}
- Machine: ${machine}
- Versions: ${versions.join(', ')}
- Load: ${method}

${[head, rule, ...lines].map(line).join('\n')}
${troubles(rows)
  .map((trouble) => `\n- ${trouble}`)
  .join('')}

What each candidate does:

${rows.map((row) => `- **${row.name}**: ${row.does}`).join('\n')}
`
}

function tableCells(rows) {
  return [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]
}

function troubles(rows) {
  return rows.filter((row) => row.trouble).map((row) => `${row.name}: ${row.trouble}`)
}

function fixed(number, digits) {
  return number === undefined ? '-' : number.toFixed(digits)
}
