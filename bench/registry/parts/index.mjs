import { churn } from './churn.mjs'
import { cut } from './cut.mjs'
import { firstTable } from './first-table.mjs'
import { latency } from './latency.mjs'
import { memory } from './memory.mjs'
import { scale } from './scale.mjs'

/** In the order in which they run. Each gives rows for the report, and needs nothing of the ones before. */
export const parts = { table: firstTable, cut, latency, churn, memory, scale }
