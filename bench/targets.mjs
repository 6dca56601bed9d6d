// What is held against a target: rows of `{ what, target, measured, met }`, and how they are shown.

const head = ['what', 'target', 'measured', 'met']
const verdict = (met) => (met === undefined ? '-' : met ? 'yes' : 'no')
const cells = ({ what, target = '-', measured, met }) => [what, target, measured, verdict(met)]

/** For a terminal. */
export function plainTargets(rows) {
  const lines = [head, ...rows.map(cells)]
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  return `${lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at])).join('  ')).join('\n')}\n`
}

/** For a program. */
export const jsonTargets = (rows, report) => `${JSON.stringify({ ...report, rows }, null, 2)}\n`

/** For a page. */
export const targetTable = (rows) =>
  [head, head.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`).join('\n')

/** The page that a full run leaves behind. */
export function targetsPage(title, anchor, rows, { date, command, machine, versions, load }) {
  return `# ${title}

Written by \`${command}\`. How it measures: [docs/benchmark.md](../docs/benchmark.md#${anchor}).

- Date: ${date}
- Machine: ${machine}
- Versions: ${versions.join(', ')}
- Load average: ${load}

${targetTable(rows)}
`
}
