/** The most that a ratio may be above the committed one. */
const MOST_CHANGE = 0.15

/** @param measured ratios by case; `committed` ones, where a new case has none yet */
export function judge(measured, committed) {
  return Object.entries(measured).map(([name, ratio]) => {
    const before = committed[name]
    const change = before === undefined ? undefined : ratio / before - 1
    return { name, committed: before, measured: ratio, change, slower: change > MOST_CHANGE }
  })
}

const head = ['case', 'committed ratio', 'measured ratio', 'change', '']
const ratio = (value) => value?.toFixed(2) ?? '-'
const percent = (value) => (value === undefined ? '-' : `${value < 0 ? '' : '+'}${(value * 100).toFixed(1)} %`)

/** For a terminal. */
export function table(verdicts) {
  const lines = [head, ...verdicts.map((verdict) => cells(verdict))]
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  return `${lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`
}

const cells = ({ name, committed, measured, change, slower }) => [
  name,
  ratio(committed),
  ratio(measured),
  percent(change),
  slower ? `more than ${MOST_CHANGE * 100} % slower` : '',
]
