import { isDeepStrictEqual } from 'node:util'
import type { Instance, RegistryView } from '../plugin/index.ts'

/** What the primary tells the workers: all services at first, later only those that changed. Survives JSON. */
export interface RegistryUpdate {
  readonly full: boolean
  readonly services: readonly (readonly [service: string, instances: readonly Instance[]])[]
  /** Services that left the view. Empty in a full update: what it does not name is gone. */
  readonly removed: readonly string[]
}

export function fullUpdate(view: RegistryView): RegistryUpdate {
  return { full: true, services: [...view], removed: [] }
}

/** @returns undefined when nothing changed. One pointer comparison for each service whose array the adapter kept. */
export function difference(before: RegistryView, after: RegistryView): RegistryUpdate | undefined {
  const services = [...after].filter(([service, instances]) => {
    const known = before.get(service)
    return known !== instances && !isDeepStrictEqual(known, instances)
  })
  const removed = [...before].map(([service]) => service).filter((service) => !after.get(service))
  return services.length + removed.length > 0 ? { full: false, services, removed } : undefined
}
