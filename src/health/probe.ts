import type { ActiveConfig } from '../config/types.ts'
import type { Instance } from '../plugin/index.ts'
import type { TlsRoute } from '../tls/index.ts'
import { httpProbe } from './http-probe.ts'
import { reaches } from './reaches.ts'

/**
 * Asks one instance once. Never rejects.
 *
 * @param tls for an instance that is called by TLS
 * @returns why it is not healthy; null when it is
 */
export async function probe(instance: Instance, config: ActiveConfig, tls?: TlsRoute): Promise<string | null> {
  if (config.type === 'http') return httpProbe(instance, config, tls)
  return (await reaches(instance, config.timeoutMs)) ? null : 'no connection'
}
