import type { Instance } from './instance.ts'

/** All services and instances at one moment; a Map is one. Known but nothing registered: `[]`. Unknown: absent. */
export interface RegistryView extends Iterable<[service: string, instances: readonly Instance[]]> {
  readonly size: number
  get(service: string): readonly Instance[] | undefined
}

/** A service and what is registered under it now; `undefined`: the service is gone. */
export type ServiceChange = readonly [service: string, instances: readonly Instance[] | undefined]

/** Something that is registered but cannot be used, and so is in no view. */
export interface LeftOut {
  /** Where in the registry: a path, a key, file:line:col. */
  readonly place: string
  readonly reason: string
}
