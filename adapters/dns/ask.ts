import { NODATA, NOTFOUND, type promises, type RecordWithTtl } from 'node:dns'
import { type Instance, instance } from '../../src/plugin/index.ts'
import { inTurns } from './in-turns.ts'
import type { Service } from './options.ts'

export interface Questions {
  readonly resolver: promises.Resolver
  readonly families: readonly (4 | 6)[]
  /** No question is asked once it has aborted. */
  readonly signal: AbortSignal
}

export interface Answer {
  /** In the order of their ids: servers turn theirs round with each answer. */
  readonly instances: readonly Instance[]
  /** Records that are no instance: why, by place. */
  readonly wrong: ReadonlyMap<string, string>
  /** The shortest of the addresses; infinite when there are none. Of SRV records Node does not say it. */
  readonly ttlMs: number
}

interface Found {
  readonly instances: Map<string, Instance>
  readonly wrong: Map<string, string>
  ttlMs: number
}

interface Target {
  readonly name: string
  readonly port: number
  readonly weight: number
  readonly place: string
  readonly layout: 'srv' | 'address'
}

const CONCURRENCY = 8
/** RFC 2782 wants "a very small chance" for a weight of 0. */
const SMALL = 0.1

/**
 * Where a service is now. A name that does not exist, or has no such records, is an answer: no instances.
 *
 * @throws Error of `node:dns`, which names the question, when there is no answer
 */
export async function ask(questions: Questions, { srv, host, port, tls }: Service): Promise<Answer> {
  const found: Found = { instances: new Map(), wrong: new Map(), ttlMs: Number.POSITIVE_INFINITY }
  if (host !== undefined)
    await addTarget(questions, found, { name: host, port: port!, weight: 1, place: host, layout: 'address' }, tls)
  else await addRecords(questions, found, srv!, tls)
  const instances = [...found.instances.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { ...found, instances }
}

/** The records of the lowest priority, of which the next one is the understudy. */
async function addRecords(questions: Questions, found: Found, srv: string, tls: boolean): Promise<void> {
  const records = await answers(questions, (resolver) => resolver.resolveSrv(srv))
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b)
  for (const lowest of priorities) {
    const group = records.filter(({ name, priority }) => priority === lowest && name !== '' && name !== '.')
    await inTurns(CONCURRENCY, group, ({ name, port, weight }) =>
      addTarget(questions, found, { name, port, weight, place: `${srv} ${name}:${port}`, layout: 'srv' }, tls),
    )
    if (found.instances.size > 0) return
  }
}

/** One instance for each address. Over TLS it is one by name, for that is what the certificate is for. */
async function addTarget(questions: Questions, found: Found, target: Target, tls: boolean): Promise<void> {
  const { name, port, place, weight } = target
  const addresses = await addressesOf(questions, name)
  const hosts = tls && addresses.length > 0 ? [name] : addresses.map(({ address }) => address)
  for (const host of hosts)
    try {
      const one = instance({ host, port, tls, weight: (weight || SMALL) / hosts.length, layout: target.layout })
      if (found.instances.has(one.id)) throw new TypeError(`${one.id} is registered twice`)
      found.instances.set(one.id, one)
    } catch (error) {
      found.wrong.set(place, (error as Error).message)
    }
  for (const { ttl } of addresses) found.ttlMs = Math.min(found.ttlMs, ttl * 1000)
  if (hosts.length === 0 && target.layout === 'srv') found.wrong.set(place, `${name} has no address`)
}

async function addressesOf(questions: Questions, name: string): Promise<RecordWithTtl[]> {
  const ask = (family: 4 | 6) =>
    answers(questions, (resolver) =>
      family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true }),
    )
  return (await Promise.all(questions.families.map(ask))).flat()
}

async function answers<One>(
  { resolver, signal }: Questions,
  question: (resolver: promises.Resolver) => Promise<One[]>,
): Promise<One[]> {
  signal.throwIfAborted()
  try {
    return await question(resolver)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === NODATA || code === NOTFOUND) return []
    throw error
  }
}
