import { ofCases } from './of-cases.mjs'
import { ofScaling } from './of-scaling.mjs'

/**
 * Where the rows of the table of targets come from, in its order. Each gets what the cases have measured, as `summarize` leaves it,
 * and `say`; it may measure on its own when the run is `full`.
 *
 * @typedef {{ what: string, target: string, measured: string, met: boolean | undefined }} Row
 * @typedef {{ say: (line: string) => void, full: boolean }} Means
 * @type {((results: object[], means: Means) => Promise<Row[]> | Row[])[]}
 */
export const sources = [ofCases, ofScaling]

/** @returns {Promise<Row[]>} */
export async function targetRows(results, means) {
  const rows = []
  for (const source of sources) rows.push(...(await source(results, means)))
  return rows
}
