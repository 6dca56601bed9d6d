import type { Instance } from '../../../src/plugin/index.ts'
import type { Reading } from './layout.ts'
import { type Share, shareOf, weighed } from './vectors.ts'

/** What vectors made of an instance: the same object as long as they say the same. */
const made = new WeakMap<Instance, { readonly share: number; readonly instance: Instance }>()

/**
 * The instances of a service from all its parts: one for each address, with the weights of its vectors. Of two that
 * claim an address one `prevails`. What nothing applies to is the same object as before; the array is, when it is the only one.
 */
export function combined(parts: Iterable<Reading>): readonly Instance[] {
  const readings = [...parts].filter(({ instances, vectors = [] }) => instances.length + vectors.length > 0)
  const vectors = readings.flatMap((reading) => reading.vectors ?? [])
  const lists = readings.map(({ instances }) => instances)
  const list = distinct(lists.length === 1 ? lists[0]! : lists.flat())
  if (vectors.length === 0) return list
  const share = shareOf(vectors)
  return list.map((one) => (one.layout === 'serverset' ? shared(one, share) : one))
}

/**
 * Whether `one` takes their address from `other`, which comes before it in the order of names. They are one process that
 * has started again and its ghost: the one that was registered later has the address, at the same time the first.
 */
export function prevails(one: Instance, other: Instance): boolean {
  return (one.registeredAt ?? 0) > (other.registeredAt ?? 0)
}

function distinct(list: readonly Instance[]): readonly Instance[] {
  const byId = new Map<string, Instance>()
  for (const one of list) {
    const other = byId.get(one.id)
    if (!other || prevails(one, other)) byId.set(one.id, one)
  }
  return byId.size === list.length ? list : [...byId.values()]
}

function shared(one: Instance, shareOf: Share): Instance {
  const share = shareOf(one)
  if (share === 1) return one
  const known = made.get(one)
  if (known?.share === share) return known.instance
  const instance = weighed(one, share)
  made.set(one, { share, instance })
  return instance
}
