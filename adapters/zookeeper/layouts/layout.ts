import type { Instance } from '../../../src/plugin/index.ts'
import type { Content } from './content.ts'

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

/** What a serverset says about the weight of those of its members whose `by` is `which`. */
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
  /** Whether `own` may say anything: only then is the data of service nodes without children read and watched. */
  readonly ownData: boolean
  /** What the service node's own data says (apisix); nothing for most. @throws like `child` */
  own(data: Buffer | undefined): Reading
  /** The child of the service node under which its instances are (dubbo: `providers`), by the names of its children. */
  below?(children: readonly string[]): string | undefined
}

/** One way to write instances into znodes: pure functions. `child` and `own` throw what a reader throws. */
export interface Layout {
  /** Whether this is how a child is written: for `auto`, in the order of its list. */
  readonly recognises: (content: Content) => boolean
  readonly child: (content: Content, wanted: Wanted) => Reading
  readonly own?: (content: Content, wanted: Wanted) => Reading
  readonly below?: (children: readonly string[]) => string | undefined
}

export const NOTHING: Reading = { instances: [] }
