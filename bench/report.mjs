import { targetTable } from './targets.mjs'

const title = ({ name }) => name

const columns = ({ per, yardstick }) => [
  ['candidate', (row) => row.name],
  [`CPU µs/${per}`, (row) => fixed(row.cpuMicros, 1)],
  [`x ${yardstick} (range)`, ratioCell],
  [`${per === 'MB' ? 'MB' : `${per}s`}/s`, rateCell],
  ['p50 ms', (row) => fixed(row.p50Ms, 2)],
  ['p99 ms', (row) => fixed(row.p99Ms, 2)],
  ['p99.9 ms', (row) => fixed(row.p999Ms, 2)],
  ['its core busy', (row) => (row.coreShare === undefined ? '-' : `${fixed(row.coreShare * 100, 0)} %`)],
  ['RSS MiB rest', (row) => fixed(row.restMiB, 0)],
  ['RSS MiB after', (row) => fixed(row.afterMiB, 0)],
]

function ratioCell({ ratio, ratioRange }) {
  return ratio === undefined ? '-' : `${fixed(ratio, 2)} (${ratioRange.map((n) => fixed(n, 2)).join('-')})`
}

function rateCell({ perSecond, offered }) {
  return offered === undefined ? fixed(perSecond, 0) : `${fixed(perSecond, 0)} of ${fixed(offered, 0)}`
}

/** The table of a case for a terminal, troubles below it. */
export function plainTable(result) {
  const cells = tableCells(result)
  const widths = cells[0].map((_, i) => Math.max(...cells.map((line) => line[i].length)))
  const pad = (cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
  const table = cells.map((line) => line.map(pad).join('  ').trimEnd())
  return [`${title(result)}: ${result.does}`, ...table, ...troubles(result), ''].join('\n')
}

/** The page that a full run leaves behind. */
export function markdown(results, targets, { date, command, machine, versions, load, method }) {
  return `# Benchmark results

Written by \`${command}\`. How it measures, and how to read this: [docs/benchmark.md](../docs/benchmark.md).

- Date: ${date}
- Machine: ${machine}
- Versions: ${versions.join(', ')}
- Load average: ${load}
- Load: ${method}

## Targets

${targetTable(targets)}

${results.map(section).join('\n')}
## Candidates

What each candidate does:

${descriptions(results).join('\n')}
`
}

function section(result) {
  const [head, ...lines] = tableCells(result)
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  const table = [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`)
  const below = troubles(result).map((trouble) => `- ${trouble}`)
  return [
    `## ${title(result)}`,
    '',
    sentence(result.does),
    '',
    ...table,
    '',
    ...below,
    ...(below.length > 0 ? [''] : []),
  ].join('\n')
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`

function descriptions(results) {
  const does = new Map(results.flatMap(({ rows }) => rows.map((row) => [row.name, row.does])))
  return [...does].map(([name, text]) => `- **${name}**: ${text}`)
}

function tableCells(result) {
  const shown = columns(result)
  return [shown.map(([head]) => head), ...result.rows.map((row) => shown.map(([, cell]) => cell(row)))]
}

function troubles({ rows }) {
  return rows.filter((row) => row.trouble).map((row) => `${row.name}: ${row.trouble}`)
}

function fixed(number, digits) {
  return number === undefined ? '-' : number.toFixed(digits)
}
