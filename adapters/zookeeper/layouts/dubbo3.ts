import { fieldsOf, parsed } from './content.ts'
import { factsOf, isCurator } from './curator.ts'
import { assertSpoken, byName, isSpoken, named } from './endpoints.ts'
import { made } from './facts.ts'
import type { Layout } from './layout.ts'

const CLASS = 'org.apache.dubbo.registry.zookeeper.ZookeeperInstance'

/**
 * Dubbo 3 at the level of applications, `ZookeeperServiceDiscovery.java`: Curator's form whose payload's metadata says
 * which protocol each port speaks: `"dubbo.endpoints":"[{\"port\":20880,\"protocol\":\"dubbo\"}]"`.
 */
export const dubbo3: Layout = {
  recognises: ({ json }) => isCurator(json) && isDubbo(fieldsOf(json.payload)),
  child({ fields }, wanted) {
    const metadata = fieldsOf(fieldsOf(fields.payload).metadata)
    const ports = portsOf(metadata['dubbo.endpoints'])
    const scheme = wanted.port ?? [...ports.keys()].find(isSpoken) ?? [...ports.keys()][0]
    if (scheme === undefined) throw new Error('no "dubbo.endpoints" in its metadata say which port speaks HTTP')
    const { host, status, registeredAt } = factsOf(fields, { metadata: wanted.metadata })
    const port = named(ports, scheme)
    assertSpoken({ scheme, host: typeof host === 'string' ? host : '', port })
    const facts = { host, port, tls: scheme === 'https' || undefined, status, usualWeight: 100, registeredAt }
    return made('dubbo3', { ...facts, metadata: { ...metadata, protocol: scheme } }, wanted)
  },
}

function isDubbo(payload: Readonly<Record<string, unknown>>): boolean {
  return payload['@class'] === CLASS || Object.hasOwn(fieldsOf(payload.metadata), 'dubbo.endpoints')
}

/** By protocol. */
function portsOf(written: unknown): ReadonlyMap<string, number> {
  const list = typeof written === 'string' ? parsed(written) : undefined
  const endpoints = Array.isArray(list) ? list.map(fieldsOf) : []
  return byName(
    endpoints.flatMap(({ protocol, port }) =>
      typeof protocol === 'string' && typeof port === 'number' ? [[protocol, port]] : [],
    ),
  )
}
