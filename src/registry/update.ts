import type { Instance } from '../plugin/index.ts'
import { sameInstance } from './changes.ts'
import type { Served } from './guard.ts'
import { slices } from './slices.ts'

/** One service, as the primary tells it to the workers. */
export interface ServiceUpdate {
  readonly name: string
  /** All of them; where `gone` is given, only those that are new or other than they were. */
  readonly instances: readonly Instance[]
  /** Ids of those that have left. */
  readonly gone?: readonly string[]
  /** Ids of all that the registry no longer names, if there are any. */
  readonly held?: readonly string[]
  /** The registry does not name the service. */
  readonly absent?: true
}

/** What the primary tells the workers: the services that changed. Survives JSON. */
export interface RegistryUpdate {
  readonly services: readonly ServiceUpdate[]
  /** Services that are no more. */
  readonly removed: readonly string[]
  /** From now on a service that was not named is unknown; before, it may just not have been named yet. */
  readonly complete: boolean
}

export function serviceUpdate(name: string, { instances, held, absent }: Served): ServiceUpdate {
  return { name, instances, ...(held.length > 0 && { held }), ...(absent && { absent }) }
}

/** What has changed in a service that was told of before. */
export function serviceChange(name: string, before: Served, after: Served): ServiceUpdate {
  const left = new Map(before.instances.map((one) => [one.id, one]))
  const instances = after.instances.filter((one) => {
    const known = left.get(one.id)
    left.delete(one.id)
    return !known || !sameInstance(known, one)
  })
  return { ...serviceUpdate(name, { ...after, instances }), gone: [...left.keys()] }
}

/** A whole table in pieces that are quickly sent. None of them says that it is complete. */
export function* tableUpdates(table: ReadonlyMap<string, Served>): Generator<RegistryUpdate> {
  for (const slice of slices(table, ([, { instances }]) => instances.length))
    yield { services: slice.map(([name, served]) => serviceUpdate(name, served)), removed: [], complete: false }
}

/** Nothing has changed, but whether the table is complete. */
export const completion = (complete: boolean): RegistryUpdate => ({ services: [], removed: [], complete })
