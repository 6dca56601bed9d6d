import { fnv1a } from './hash.ts'
import type { Instance } from './instance.ts'
import type { RegistryView, ServiceChange } from './view.ts'

type Shard = Map<string, readonly Instance[]>
const SHARDS = 256
const shardOf = (service: string) => fnv1a(service) % SHARDS

/**
 * A view that shares with the one before it all that did not change: making the next one, and finding what differs, cost
 * what changed and not what is registered. For adapters of large registries; a Map does as well for the others.
 */
export class SharedView implements RegistryView {
  static readonly empty = new SharedView(Array<Shard>(SHARDS).fill(new Map()), 0)
  /** Two views differ at most where their shards do. */
  readonly shards: readonly ReadonlyMap<string, readonly Instance[]>[]
  readonly size: number

  private constructor(shards: readonly ReadonlyMap<string, readonly Instance[]>[], size: number) {
    this.shards = shards
    this.size = size
  }

  /** The view after `changes`. This one stays as it is. */
  with(changes: Iterable<ServiceChange>): SharedView {
    const copies = new Map<number, Shard>()
    for (const [service, instances] of changes) {
      const at = shardOf(service)
      const copy: Shard = copies.get(at) ?? new Map(this.shards[at])
      instances ? copy.set(service, instances) : copy.delete(service)
      copies.set(at, copy)
    }
    const grown = [...copies].reduce((sum, [at, copy]) => sum + copy.size - this.shards[at]!.size, this.size)
    return new SharedView(Object.assign([...this.shards], Object.fromEntries(copies)), grown)
  }

  get(service: string): readonly Instance[] | undefined {
    return this.shards[shardOf(service)]!.get(service)
  }

  *[Symbol.iterator](): Generator<[string, readonly Instance[]]> {
    for (const shard of this.shards) yield* shard
  }
}
