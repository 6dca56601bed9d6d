const verdict = (met) => (met ? 'yes' : 'no')
const targetHead = ['what', 'target', 'measured', 'met']
const targetLines = (results) =>
  results.flatMap(({ targets = [] }) =>
    targets.map(({ what, target, measured, met }) => [what, target, measured, verdict(met)]),
  )

/** For a terminal: each table, the targets last. */
export function plain(results) {
  const tables = results.flatMap(({ tables = [] }) => tables)
  const targets = { title: 'Targets', head: targetHead, lines: targetLines(results) }
  return [...tables, targets].map(({ title, head, lines }) => `${title}\n\n${aligned([head, ...lines])}\n\n`).join('')
}

/** The page that a full run leaves behind. */
export function markdown(results, { date, command, machine, versions, load, seed }) {
  return `# Balancing benchmark results

Written by \`${command}\`. How it measures: [docs/benchmark.md](../docs/benchmark.md#balancing).

- Date: ${date}
- Machine: ${machine}
- Versions: ${versions.join(', ')}
- Load average: ${load}
- Seed: ${seed}

## Targets

${markdownTable({ head: targetHead, lines: targetLines(results) })}
${results.flatMap(({ tables = [] }) => tables.map(section)).join('')}`
}

function section({ title, about, ...table }) {
  return `\n## ${title}\n\n${about ? `${about}\n\n` : ''}${markdownTable(table)}\n`
}

function markdownTable({ head, lines }) {
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'))
  return [head, head === targetHead ? head.map(() => '---') : rule, ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function aligned(lines) {
  const widths = lines[0].map((_, at) => Math.max(...lines.map((cells) => cells[at].length)))
  const pad = (cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))
  return lines.map((cells) => cells.map(pad).join('  ')).join('\n')
}
