import { performance } from 'node:perf_hooks'

/**
 * The monotonic clock, in milliseconds, for what is done for each request. Of the global `performance`, which is a getter, a JIT makes
 * no plain call.
 */
export const monotonicMs = (): number => performance.now()
