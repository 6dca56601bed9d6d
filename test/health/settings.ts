import type { ActiveConfig } from '../../src/config/types.ts'

/** The defaults, with a shorter timeout. */
export function active(fields: Partial<ActiveConfig> = {}): ActiveConfig {
  const what = { type: 'http', path: '/', expect: [[200, 399]], body: null, host: null } as const
  const when = { intervalMs: 5000, fastIntervalMs: 1000, jitter: 0.2, timeoutMs: 500, rise: 2, fall: 3 }
  return { ...what, ...when, ...fields }
}
