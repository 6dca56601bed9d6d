import {
  type Instance,
  instance,
  isServiceName,
  type LeftOut,
  type Logger,
  registered,
  SERVICE_NAME,
  SharedView,
} from '../../src/plugin/index.ts'
import type { Bytes } from './client.ts'

interface Entry {
  readonly value: Bytes
  /** For people, and to sort by. */
  readonly place: string
  /** What the key stands for; nothing when it only names its service. */
  readonly instance?: Instance
  readonly wrong?: string
}

type Entries = Map<Bytes, Entry>

const MOST_INSTANCES = 10_000
const MOST_BYTES = 2 ** 20
/** Of a key behind the prefix: the longest service name and the longest host take less. */
const MOST_CHARACTERS = 512
/** Where keys are that belong to no service. */
const NOWHERE = ''

const utf8 = new TextDecoder('utf8', { fatal: true })

/**
 * The keys below a prefix, as services: `<prefix><service>/<host:port>`, and `<prefix><service>/` for a service that is
 * known without an instance. Outlives connections: what says the same afterwards gives the same arrays, and no second warning.
 */
export class Keys {
  readonly #prefix: string
  readonly #log: Logger
  readonly #services = new Map<string, Entries>()
  readonly #wrong = new Map<string, ReadonlyMap<string, string>>()
  readonly #stirred = new Set<string>()
  #view = SharedView.empty

  constructor(prefix: string, log: Logger) {
    this.#prefix = prefix
    this.#log = log
  }

  put(key: Bytes, value: Bytes): void {
    const [service, place, name] = this.#read(key)
    const entries = this.#services.get(service) ?? new Map<Bytes, Entry>()
    const before = entries.get(key)
    if (before?.value === value && !before.wrong) return
    entries.set(key, service === NOWHERE ? { value: '', place, wrong: name } : entry(place, name, value))
    this.#services.set(service, entries)
    this.#stirred.add(service)
  }

  delete(key: Bytes): void {
    const [service] = this.#read(key)
    const entries = this.#services.get(service)
    if (!entries?.delete(key)) return
    if (entries.size === 0) this.#services.delete(service)
    this.#stirred.add(service)
  }

  keepOnly(keys: ReadonlySet<Bytes>): void {
    for (const entries of [...this.#services.values()])
      for (const key of [...entries.keys()]) if (!keys.has(key)) this.delete(key)
  }

  get stirred(): boolean {
    return this.#stirred.size > 0
  }

  /** The view now; the same object when nothing has changed in it. */
  view(): SharedView {
    const lists = [...this.#stirred].map((service) => [service, this.#list(service)] as const)
    this.#stirred.clear()
    const changes = lists.filter(([service, list]) => service !== NOWHERE && !same(list, this.#view.get(service)))
    if (changes.length > 0) this.#view = this.#view.with(changes)
    return this.#view
  }

  *leftOut(): Generator<LeftOut> {
    for (const places of this.#wrong.values()) for (const [place, reason] of places) yield { place, reason }
  }

  /** In the order of the keys. */
  #list(service: string): readonly Instance[] | undefined {
    const entries = [...(this.#services.get(service)?.values() ?? [])].sort((a, b) => (a.place < b.place ? -1 : 1))
    const byId = new Map<string, Instance>()
    const wrong = new Map<string, string>()
    for (const { place, instance, wrong: reason } of entries)
      if (!instance) reason && wrong.set(place, reason)
      else if (byId.has(instance.id)) wrong.set(place, `${instance.id} is registered twice`)
      else if (byId.size < MOST_INSTANCES) byId.set(instance.id, instance)
      else wrong.set(`${this.#prefix}${service}/`, `more than ${MOST_INSTANCES} instances`)
    this.#tell(service, wrong)
    return entries.length > 0 ? [...byId.values()] : undefined
  }

  #tell(service: string, wrong: ReadonlyMap<string, string>): void {
    const before = this.#wrong.get(service)
    for (const [place, reason] of wrong)
      if (before?.get(place) !== reason) this.#log.warn({ place, reason }, `${place} left out: ${reason}`)
    if (wrong.size > 0) this.#wrong.set(service, wrong)
    else this.#wrong.delete(service)
  }

  /** The service, the whole key for people, and the name within the service; of a key that belongs to none, why not. */
  #read(key: Bytes): [service: string, place: string, name: string] {
    const bytes = Buffer.from(key, 'base64')
    const place = bytes.toString()
    if (!bytes.equals(Buffer.from(place)))
      return [NOWHERE, JSON.stringify(bytes.toString('latin1')), 'the key is not UTF-8']
    const behind = place.slice(this.#prefix.length)
    if (behind.length > MOST_CHARACTERS)
      return [NOWHERE, `${place.slice(0, 100)}…`, `the key has ${place.length} characters`]
    const [service = '', ...rest] = behind.split('/')
    if (rest.length === 0) return [NOWHERE, place, `the key is not ${this.#prefix}<service>/<host:port>`]
    if (!isServiceName(service)) return [NOWHERE, place, `not a service name (${SERVICE_NAME.source})`]
    return [service, place, rest.join('/')]
  }
}

function entry(place: string, name: string, value: Bytes): Entry {
  if (name === '') return { value, place }
  try {
    return { value, place, instance: instance({ ...registered(name, fieldsOf(value)), layout: 'portolan' }) }
  } catch (error) {
    return { value: '', place, wrong: (error as Error).message }
  }
}

function fieldsOf(value: Bytes): Record<string, unknown> {
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length === 0) return {}
  if (bytes.length > MOST_BYTES)
    throw new TypeError(`the value has ${bytes.length} bytes, at most ${MOST_BYTES} are read`)
  const fields = parsed(bytes)
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as Record<string, unknown>
  throw new TypeError('the value is not a JSON object; nothing at all, or {"weight":2} would be right')
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    return undefined
  }
}

function same(a: readonly Instance[] | undefined, b: readonly Instance[] | undefined): boolean {
  return a === b || (a?.length === b?.length && Boolean(a?.every((one, at) => one === b?.[at])))
}
