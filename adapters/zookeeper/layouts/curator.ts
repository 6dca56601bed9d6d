import { type Fields, isFields, says } from './content.ts'
import { named } from './endpoints.ts'
import { type Facts, made } from './facts.ts'
import type { Layout, Wanted } from './layout.ts'

/**
 * Apache Curator x-discovery, `ServiceInstance.java`: `<base>/<service>/<uuid>` =
 * `{"name":"test","id":"…","address":"10.20.30.40","port":1234,"sslPort":null,"payload":"From Test","registrationTimeUTC":1325129459728,"serviceType":"DYNAMIC","uriSpec":null}`.
 * The payload, which may be anything, is the metadata: an object's fields, anything else as `payload`.
 */
export const curator: Layout = {
  recognises: ({ json }) => isCurator(json),
  child({ fields }, wanted) {
    const { payload } = fields
    const metadata = isFields(payload) ? payload : { payload }
    return made('curator', { ...factsOf(fields, wanted), metadata }, wanted)
  },
}

export function isCurator(json: unknown): json is Fields {
  return says(json, 'serviceType', 'registrationTimeUTC', 'sslPort')
}

/**
 * All but the payload: `sslPort`, with TLS, when it is there, as Spring Cloud and linkerd do; else `port`. Either can be
 * asked for by its name.
 */
export function factsOf(fields: Fields, wanted: Wanted): Facts {
  const ports = new Map<string, unknown>()
  for (const name of ['sslPort', 'port'])
    if (fields[name] !== null && fields[name] !== undefined) ports.set(name, fields[name])
  const [usual] = ports.keys()
  if (usual === undefined) throw new Error('neither "port" nor "sslPort" is set')
  const name = wanted.port ?? usual
  return {
    host: fields.address,
    port: named(ports, name),
    tls: name === 'sslPort',
    status: fields.enabled === false ? 'down' : 'up',
    // Kept when a lost session is made anew, as the process is: its znode would look younger.
    registeredAt: fields.registrationTimeUTC,
  }
}
