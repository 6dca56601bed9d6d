import { ofCases } from './of-cases.mjs'

/**
 * Where the rows of the table of targets come from, in its order. Each gets what the cases have measured, as `summarize` leaves it,
 * and `say`, and may measure on its own.
 *
 * @typedef {{ what: string, target: string, measured: string, met: boolean | undefined }} Row
 * @type {((results: object[], say: (line: string) => void) => Promise<Row[]> | Row[])[]}
 */
export const sources = [ofCases]

/** @returns {Promise<Row[]>} */
export async function targetRows(results, say) {
  const rows = []
  for (const source of sources) rows.push(...(await source(results, say)))
  return rows
}
