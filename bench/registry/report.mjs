const titles = ['what', 'target', 'measured', 'met', 'others']
const verdict = (met) => (met === undefined ? '-' : met ? 'yes' : 'no')
const cells = ({ what, target, measured, met, othersCores }) => [
  what,
  target,
  measured,
  verdict(met),
  othersCores.toFixed(2),
]

/** For a terminal: a line for each target. In brackets: how many cores were busy with something else. */
export function plain(rows) {
  const lines = rows.map(cells)
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map(
      ([what, target, measured, met, others]) =>
        `${met.padEnd(4)}${what.padEnd(widths[0])}  ${target.padEnd(widths[1])}  ${measured} [${others}]`,
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
- Load average: ${load}; *others*: how many cores were busy with something else while a part ran

${[titles, titles.map(() => '---'), ...rows.map(cells)].map(line).join('\n')}
`
}
