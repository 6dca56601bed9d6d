import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('ratios.json', import.meta.url)
const major = process.versions.node.split('.')[0]

const all = () => JSON.parse(readFileSync(file, 'utf8'))

/** The committed ratios for the Node that runs this, by case; undefined when there are none. */
export const committedRatios = () => all()[major]

/** @param ratios by case; of cases that are not among them the old ones stay */
export function commitRatios(ratios) {
  const rounded = Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toFixed(3))]))
  const text = JSON.stringify({ ...all(), [major]: { ...committedRatios(), ...rounded } }, null, 2)
  writeFileSync(file, `${text}\n`)
}
