/** One registered process of a service: a fact from the registry. Never changed in place; a change is a new object. */
export interface Instance {
  /** Unique within its service and stable across views: counters and health follow it. */
  readonly id: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** Relative share of the load; greater than 0. */
  readonly weight: number
  readonly zone?: string
  readonly status: 'up' | 'draining' | 'down'
  /** Epoch milliseconds. */
  readonly registeredAt?: number
  readonly metadata: Readonly<Record<string, string>>
  /** The form that the registration was recognised by, for people. */
  readonly layout?: string
}

export type InstanceFields = Pick<Instance, 'host' | 'port'> & Partial<Instance>

// Letters, digits, `.`, `-`, `_` for names and IPv4; hexadecimal, `:` and a zone for IPv6 without its brackets.
const HOST = /^(?:[A-Za-z0-9._-]{1,255}|[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9]{1,15})?)$/

const STATUSES = ['up', 'draining', 'down']

/**
 * Fills in the defaults: id `host:port`, no TLS, weight 1, status up, no metadata. What is undefined is filled in too.
 *
 * @throws TypeError that names the field when it could not be connected to, balanced or told apart by it
 */
export function instance(fields: InstanceFields): Instance {
  const { host, port, tls = false, weight = 1, status = 'up', metadata = {} } = fields
  if (typeof host !== 'string' || !HOST.test(host))
    throw new TypeError(`host ${JSON.stringify(host)} is not a host name or an address`)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new TypeError(`port ${JSON.stringify(port)} is not between 1 and 65535`)
  if (!(weight > 0 && weight <= 1e6))
    throw new TypeError(`weight ${JSON.stringify(weight)} is not between 0 and 1000000`)
  if (!STATUSES.includes(status)) throw new TypeError(`status ${JSON.stringify(status)} is none of ${STATUSES.join()}`)
  if (typeof metadata !== 'object' || metadata === null) throw new TypeError('metadata is no object')
  const { id = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` } = fields
  if (typeof id !== 'string' || id === '') throw new TypeError(`id ${JSON.stringify(id)} is no name`)
  // Not by one spread, which overwrites many times slower: a table has tens of thousands.
  return Object.assign({ id, tls, weight, status, metadata, ...fields }, { id, tls, weight, status, metadata })
}
