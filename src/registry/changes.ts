import { isDeepStrictEqual } from 'node:util'
import { type Instance, type RegistryView, type ServiceChange, SharedView } from '../plugin/index.ts'

/** The services whose list is another object in `after` than in `before`. Between views that share, it looks only at what they do not. */
export function* changesOf(before: RegistryView, after: RegistryView): Generator<ServiceChange> {
  if (!(before instanceof SharedView && after instanceof SharedView)) return yield* differences(before, after)
  for (const [at, shard] of after.shards.entries())
    if (shard !== before.shards[at]) yield* differences(before.shards[at]!, shard)
}

function* differences(before: RegistryView, after: RegistryView): Generator<ServiceChange> {
  for (const [service, instances] of after) if (before.get(service) !== instances) yield [service, instances]
  for (const [service] of before) if (!after.get(service)) yield [service, undefined]
}

/** Whether two lists say the same, whatever objects they are. */
export function sameInstances(a: readonly Instance[] | undefined, b: readonly Instance[] | undefined): boolean {
  if (a === b || !a || !b) return a === b
  return a.length === b.length && a.every((one, at) => sameInstance(one, b[at]!))
}

/** The plain fields first: they differ most often, and comparing them costs nothing. */
export function sameInstance(a: Instance, b: Instance): boolean {
  if (a === b) return true
  const same = a.id === b.id && a.port === b.port && a.host === b.host && a.weight === b.weight && a.status === b.status
  return same && a.registeredAt === b.registeredAt && isDeepStrictEqual(a, b)
}
