import type { Instance } from '../../../src/plugin/index.ts'
import { fieldsOf } from './content.ts'
import type { Reading, Vector } from './layout.ts'
import { partsOf } from './parts.ts'
import { quoted } from './say.ts'

const MOST_WEIGHT = 1e6

/**
 * `[{"select":"member=member_0000000007","weight":1.2,"priority":1},{"select":"inet=10.0.0.3:80","weight":0.5},{"select":"shard=3"}]`,
 * as in Finagle's `serverset2/Vector.scala`. Priorities are not read.
 */
export function vectorsOf(list: unknown): Reading {
  if (!Array.isArray(list)) throw new Error(`"vector" is ${quoted(list)} and not a list`)
  const { read: vectors, ...rest } = partsOf(list, 'vector', vectorOf)
  return { instances: [], vectors, ...rest }
}

function vectorOf(one: unknown): Vector {
  const { select, weight = 1 } = fieldsOf(one)
  const [, by, which] = /^(member|shard|inet)=(.+)$/s.exec(typeof select === 'string' ? select : '') ?? []
  if (!which) throw new Error(`select ${quoted(select)} is not "member=…", "shard=…" or "inet=host:port"`)
  if (typeof weight !== 'number') throw new Error(`weight ${quoted(weight)} is not a number`)
  // Finagle's filter is -1: two of them are no weight of 1.
  return { by: by as Vector['by'], which, weight: Math.max(0, weight) }
}

/** The weight that all vectors together leave to an instance: their product, 1 when none of them means it. */
export type Share = (instance: Instance) => number

export function shareOf(vectors: readonly Vector[]): Share {
  const products = new Map<string, number>()
  for (const { by, which, weight } of vectors) {
    const key = `${by}=${which}`
    products.set(key, (products.get(key) ?? 1) * weight)
  }
  return ({ id, metadata }) =>
    [`inet=${id}`, `member=${metadata.member}`, `shard=${metadata.shard}`].reduce(
      (share, key) => share * (products.get(key) ?? 1),
      1,
    )
}

/** What is left nothing is given no new work. */
export function weighed(instance: Instance, share: number): Instance {
  const weight = Math.min(MOST_WEIGHT, instance.weight * share)
  if (weight > 0) return { ...instance, weight }
  return instance.status === 'up' ? { ...instance, status: 'draining' } : instance
}
