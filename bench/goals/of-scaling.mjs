import { measureParts } from '../scaling/measure-parts.mjs'

const PARTS = ['start-up', 'memory', 'workers']

/** The targets that are no multiples of another gateway's. They take rounds of their own, so only a full run has them. */
export async function ofScaling(_results, { say, full }) {
  if (!full) return []
  const rows = await measureParts({ only: PARTS }, say)
  return rows.filter(({ met }) => met !== undefined)
}
