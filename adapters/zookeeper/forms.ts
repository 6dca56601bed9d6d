import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { type Instance, instance, registration } from '../../src/plugin/index.ts'
import { USUAL_KEYS, type Wanted } from './layouts/index.ts'

/** The last part of a node's path, and its data. */
export interface Form {
  readonly name: string
  readonly data: Buffer
}

/**
 * How `instance` is written under `service` in a layout. `auto` and `plain` are written as Portolan's own, whose name is
 * all that readers of the plain layout want.
 *
 * @throws Error when the layout is one that is only read
 */
export function formOf(layout: string, service: string, registered: Instance, keys: Keys = USUAL_KEYS): Form {
  const form = forms[layout]
  if (!form)
    throw new Error(
      `nothing is registered in the layout ${JSON.stringify(layout)}; known: ${Object.keys(forms).join(', ')}`,
    )
  const { name, value } = form(service, registered, keys)
  const data = Buffer.from(value)
  if (data.length > MOST_BYTES) throw new Error(`the registration has ${data.length} bytes; at most ${MOST_BYTES}`)
  return { name, data }
}

/** A server takes 1 MiB a packet by default, path and all, and closes the connection over more. */
const MOST_BYTES = 1_000_000

/** Which metadata keys say what the form has no field for. */
type Keys = Pick<Wanted['metadata'], 'weight' | 'zone' | 'status'>

type Write = (service: string, registered: Instance, keys: Keys) => { readonly name: string; readonly value: string }

const own: Write = (_service, registered) => ({ name: addressOf(registered), value: registration(registered) })

/**
 * gliderlabs/registrator 6bfadbc, `zookeeper/zookeeper.go`: the fields in this order, the attributes sorted. It has no
 * field for weight, zone, status or TLS: they are attributes, as its reader here takes them.
 */
const registrator: Write = (service, registered, keys) => {
  const value = {
    Name: service,
    IP: registered.host,
    PublicPort: registered.port,
    PrivatePort: registered.port,
    ContainerID: hostname(),
    Tags: [],
    Attrs: sorted({ ...conventions(registered, keys), ...(registered.tls && { tls: 'true' }) }),
  }
  return { name: addressOf(registered), value: JSON.stringify(value) }
}

/**
 * Apache Curator 88dee99a, `x-discovery/…/ServiceInstance.java`, as Jackson writes it; the node is named by a UUID. What the
 * form has no field for is in the payload, which is null for nothing: every payload class can read that.
 */
const curator: Write = (service, registered, keys) => {
  const id = randomUUID()
  const payload = sorted(conventions(registered, keys))
  const value = {
    name: service,
    id,
    address: registered.host,
    port: registered.tls ? null : registered.port,
    sslPort: registered.tls ? registered.port : null,
    payload: Object.keys(payload).length > 0 ? payload : null,
    registrationTimeUTC: Date.now(),
    serviceType: 'DYNAMIC',
    uriSpec: null,
  }
  return { name: id, value: JSON.stringify(value) }
}

const forms: Readonly<Record<string, Write>> = { auto: own, plain: own, portolan: own, registrator, curator }

/** The metadata, and beside it what other forms have no field for. */
function conventions({ metadata, weight, zone, status }: Instance, keys: Keys): Record<string, string> {
  return {
    ...metadata,
    ...(weight !== 1 && { [keys.weight]: String(weight) }),
    ...(zone !== undefined && { [keys.zone]: zone }),
    ...(status !== 'up' && { [keys.status]: status.toUpperCase() }),
  }
}

const sorted = (entries: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Whatever id the instance has: the node of an address must be found by the next one at that address. */
const addressOf = ({ host, port }: Instance) => instance({ host, port }).id
