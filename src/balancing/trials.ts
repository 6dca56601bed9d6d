import type { LiveEndpoint } from './endpoint.ts'
import type { Offer } from './offer.ts'
import { whyUnfit } from './why.ts'

/** Makes ejections whose time is over due for a trial. @returns when the next one is over */
export function ripen(endpoints: readonly LiveEndpoint[], nowMs: number): number {
  let nextMs = Number.POSITIVE_INFINITY
  for (const endpoint of endpoints) {
    if (endpoint.ejectedUntilMs === 0 || endpoint.trial !== 'none') continue
    if (nowMs >= endpoint.ejectedUntilMs) endpoint.trial = 'due'
    else nextMs = Math.min(nextMs, endpoint.ejectedUntilMs)
  }
  return nextMs
}

/** Who waits for a trial, in tiers that take load or would if they could: spare tiers are left in peace. */
export function trialsOf({ tiers, candidates }: Offer): LiveEndpoint[] {
  const worst = tiers.findLast(({ share }) => share > 0)?.priority ?? 0
  return candidates.filter(
    (endpoint) => endpoint.trial === 'due' && endpoint.priority <= worst && whyUnfit(endpoint) === 'trial',
  )
}
