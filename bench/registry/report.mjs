const titles = ['what', 'target', 'measured', 'met']
const cells = ({ what, target, measured, met }) => [
  what,
  target,
  measured,
  met === undefined ? '-' : met ? 'yes' : 'no',
]

/** For a terminal: a line for each target. */
export function plain(rows) {
  const lines = rows.map(cells)
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map(
      ([what, target, measured, met]) =>
        `${met.padEnd(4)}${what.padEnd(widths[0])}  ${target.padEnd(widths[1])}  ${measured}`,
    )
    .join('\n')
}

/** The page that a full run leaves behind. */
export function markdown(rows, { date, command, machine, versions, load }) {
  const line = (texts) => `| ${texts.join(' | ')} |`
  return `# Registry benchmark results

Written by \`${command}\`. How it measures: [docs/benchmark.md](../docs/benchmark.md#the-registry).

- Date: ${date}
- Machine: ${machine}
- Versions: ${versions.join(', ')}
- Load average: ${load}

${[titles, ['---', '---', '---', '---'], ...rows.map(cells)].map(line).join('\n')}
`
}
