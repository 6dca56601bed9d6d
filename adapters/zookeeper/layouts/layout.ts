import type { Instance } from '../../../src/plugin/index.ts'

/**
 * What a child of a service says, by its name and its data. Pure.
 *
 * @throws Error that says what is wrong with it
 */
export type Layout = (name: string, data: Buffer | undefined) => Instance

/** What the options want to be read: the named endpoint, and which metadata key stands for what. */
export interface Wanted {
  readonly port?: string
  readonly metadata: {
    readonly weight: string
    readonly zone: string
    readonly version: string
    readonly status: string
  }
}

/** What a serverset says about the weight of some of its members: all whose `by` is `which`. */
export interface Vector {
  readonly by: 'member' | 'shard' | 'inet'
  readonly which: string
  readonly weight: number
}

export interface Reading {
  readonly instances: readonly Instance[]
  /** Serverset weights, applied by `combined`. */
  readonly vectors?: readonly Vector[]
  /** Parts that are no instance; their neighbours in the same node stay. */
  readonly broken?: readonly string[]
}

export interface Reader {
  /** @throws Error that says what is wrong with the whole child */
  child(name: string, data: Buffer | undefined): Reading
  /** Whether `own` says anything: only then is the data of service nodes read and watched. */
  readonly ownData?: boolean
  /** What the own data of a service node without children says (apisix); nothing for most. @throws like `child` */
  own(data: Buffer | undefined): Reading
  /** The child of the service node under which its instances are (dubbo: `providers`), by the names of its children. */
  below?(children: readonly string[]): string | undefined
}
