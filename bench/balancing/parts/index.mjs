import { cost } from './cost.mjs'
import { ejection } from './ejection.mjs'
import { latency } from './latency.mjs'
import { memory } from './memory.mjs'
import { movement } from './movement.mjs'
import { weights } from './weights.mjs'

/** Each gives targets and tables for the report, and needs nothing of the others. */
export const parts = { latency, ejection, movement, weights, cost, memory }
