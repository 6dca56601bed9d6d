import type { LiveEndpoint } from './endpoint.ts'

/**
 * Why an endpoint is not offered: the first of these that holds. `trial`: its ejection is over, and one request has to show
 * that it works again. `other tier`: it is fit, but instances of a better priority take all the load.
 */
export const WHYS = [
  'down',
  'let go',
  'ejected',
  'probe failed',
  'trial',
  'draining',
  'not probed yet',
  'other tier',
] as const

export type Why = (typeof WHYS)[number]

/** What speaks against an endpoint taken by itself; undefined: it is healthy, and fit where its tier is. */
export function whyUnfit(endpoint: LiveEndpoint): Exclude<Why, 'other tier'> | undefined {
  if (endpoint.instance.status === 'down') return 'down'
  if (endpoint.letGo) return 'let go'
  if (endpoint.ejectedUntilMs > 0 && endpoint.trial === 'none') return 'ejected'
  if (endpoint.probe === 'down') return 'probe failed'
  if (endpoint.trial !== 'none') return 'trial'
  if (endpoint.instance.status === 'draining') return 'draining'
  if (endpoint.probe === 'unknown') return 'not probed yet'
  return undefined
}

/** Whether it may ever be offered, if only because everybody else is worse. */
export const isCandidate = ({ instance, letGo }: LiveEndpoint): boolean => instance.status === 'up' && !letGo

export const isHealthy = (endpoint: LiveEndpoint): boolean => whyUnfit(endpoint) === undefined
