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
  /** In the order of their names and addresses: servers turn theirs round with each answer. */
  readonly instances: readonly Instance[]
  /** Records that are no instance: why, by place. */
  readonly wrong: ReadonlyMap<string, string>
  /** The shortest of the addresses; 0 when there are none. Of SRV records Node does not say it. */
  readonly ttlMs: number
}

interface Target {
  readonly host: string
  readonly port: number
  readonly weight: number
  /** For people. */
  readonly place: string
}

const CONCURRENCY = 8
const MOST_INSTANCES = 10_000
/** RFC 2782 wants "a very small chance" for a weight of 0. */
const SMALL = 0.1

/**
 * Where a service is now. A name that does not exist, or has no such records, is an answer: no instances.
 *
 * @throws Error of `node:dns`, which names the question, when there is no answer
 */
export async function ask(questions: Questions, { srv, host, port, tls }: Service): Promise<Answer> {
  if (host !== undefined) return ofTargets(questions, [{ host, port: port!, weight: 1, place: host }], 'address', tls)
  const records = await answers(questions, (resolver) => resolver.resolveSrv(srv!))
  const wrong = new Map<string, string>()
  // Those of the lowest priority count; the next ones are their understudies.
  for (const lowest of [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b)) {
    const group = records.filter(({ name, priority }) => priority === lowest && name !== '' && name !== '.')
    const targets = group.map(({ name, port, weight }) => {
      return { host: name, port, weight: weight || SMALL, place: `${srv} ${name}:${port}` }
    })
    const answer = await ofTargets(questions, targets, 'srv', tls)
    for (const [place, reason] of answer.wrong) wrong.set(place, reason)
    if (answer.instances.length > 0) return { ...answer, wrong }
  }
  return { instances: [], wrong, ttlMs: 0 }
}

/** An instance for each address of each target. Over TLS it is one by name, for that is what the certificate is for. */
async function ofTargets(
  questions: Questions,
  targets: readonly Target[],
  layout: 'srv' | 'address',
  tls: boolean,
): Promise<Answer> {
  const records = new Map<string, RecordWithTtl[]>()
  const names = new Set(targets.map(({ host }) => host))
  await inTurns(CONCURRENCY, [...names], async (name) => {
    records.set(name, await addressesOf(questions, name))
  })
  const byId = new Map<string, Instance>()
  const wrong = new Map<string, string>()
  for (const target of [...targets].sort((a, b) => (a.place < b.place ? -1 : 1))) {
    const { port, weight, place } = target
    const addresses = records.get(target.host)!.map(({ address }) => address)
    const hosts = tls && addresses.length > 0 ? [target.host] : addresses.sort()
    if (hosts.length === 0 && layout === 'srv') wrong.set(place, `${target.host} has no address`)
    for (const host of hosts)
      try {
        const one = instance({ host, port, tls, weight: weight / hosts.length, layout })
        if (byId.has(one.id)) throw new TypeError(`${one.id} is registered twice`)
        if (byId.size === MOST_INSTANCES) throw new TypeError(`the service has more than ${MOST_INSTANCES} instances`)
        byId.set(one.id, one)
      } catch (error) {
        wrong.set(place, (error as Error).message)
      }
  }
  const ttls = [...records.values()].flat().map(({ ttl }) => ttl * 1000)
  return { instances: [...byId.values()], wrong, ttlMs: ttls.length > 0 ? Math.min(...ttls) : 0 }
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
