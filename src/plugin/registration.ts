import { address } from './address.ts'
import type { Instance, InstanceFields } from './instance.ts'
import { metadataOf, statusOf } from './words.ts'

/**
 * Portolan's own registration: a node or key named `host:port`. Its value may say more, or nothing:
 * `{"weight":2,"scheme":"https","zone":"eu-1a","status":"UP","metadata":{"version":"3"}}`.
 *
 * @throws TypeError when `name` is no address; `instance()` checks the rest
 */
export function registered(name: string, value: Readonly<Record<string, unknown>> = {}): InstanceFields {
  const { weight, scheme, zone, status, metadata } = value
  return {
    ...address(name),
    tls: scheme === 'https',
    status: statusOf(status),
    metadata: metadataOf(metadata),
    ...(weight !== undefined && { weight: weight as number }),
    ...(zone !== undefined && { zone: String(zone) }),
  }
}

/** The value that `registered` reads, without what is the default. */
export function registration({ weight, tls, zone, status, metadata }: Instance): string {
  const more = Object.keys(metadata).length > 0 ? metadata : undefined
  const word = status === 'up' ? undefined : status.toUpperCase()
  return JSON.stringify({
    weight: weight === 1 ? undefined : weight,
    scheme: tls ? 'https' : undefined,
    zone,
    status: word,
    metadata: more,
  })
}
