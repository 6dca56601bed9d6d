import type { Instance } from '../../src/plugin/index.ts'

type Fields = Readonly<Record<string, unknown>>

/** By value. So an instance lives on as one object when it is read again, from whichever server, and says the same. */
export function same(a: Instance, b: Instance): boolean {
  if (a === b) return true
  return (
    alike(a as unknown as Fields, b as unknown as Fields, (key) => key !== 'metadata') && alike(a.metadata, b.metadata)
  )
}

/** `before` if `now` says the same in the same order; else `now`, with the objects of `before` where they say the same. */
export function kept(before: readonly Instance[], now: readonly Instance[]): readonly Instance[] {
  if (before.length === now.length && now.every((one, at) => same(one, before[at]!))) return before
  const byId = new Map(before.map((one) => [one.id, one]))
  return now.map((one) => keptOne(byId.get(one.id), one))
}

export function keptOne(before: Instance | undefined, now: Instance): Instance {
  return before && same(before, now) ? before : now
}

function alike(a: Fields, b: Fields, counts: (key: string) => boolean = () => true): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key] || !counts(key))
}
