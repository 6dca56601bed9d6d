import { until } from '../../../support/until.ts'

/** Waits, for a moment, for what a gateway may do and need not. */
export async function perhaps(what: string, probe: () => unknown, patienceMs = 300): Promise<void> {
  await until(what, probe, patienceMs).catch(() => undefined)
}
