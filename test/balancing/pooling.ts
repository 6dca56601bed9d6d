import { type LiveEndpoint, type OnPanic, Pool, type PoolOptions } from '../../src/balancing/index.ts'
import { type BalancingStrategy, type Endpoint, type InstanceFields, instance } from '../../src/plugin/index.ts'
import { pickContext } from '../contract/index.ts'
import { poolOptions, type ScriptedPoolOptions } from '../support/pool.ts'

/** At 10.0.0.1 and this port. */
export const at = (port: number, fields: Partial<InstanceFields> = {}) =>
  instance({ host: '10.0.0.1', port, ...fields })

export const ports = (...numbers: number[]) => numbers.map((port) => at(port))

export const portOf = ({ instance: { port } }: Endpoint): number => port

export interface Pooling extends ScriptedPoolOptions {
  readonly pool: Pool
  /** The lists that the strategy was given to pick from, oldest first. */
  readonly lists: readonly (readonly Endpoint[])[]
  /** Ports of those that a next request may go to, in the tier that it comes to. */
  offered(tried?: readonly Endpoint[]): readonly number[]
  /** As it stands now. */
  get(port: number): LiveEndpoint
}

/** A pool that always picks the first endpoint of its list. */
export function pooling(
  options: Partial<PoolOptions> = {},
  hooks: Partial<BalancingStrategy> = {},
  onPanic?: OnPanic,
): Pooling {
  const lists: (readonly Endpoint[])[] = []
  const scripted = poolOptions(options)
  const strategy: BalancingStrategy = {
    pick(endpoints) {
      lists.push(endpoints)
      return endpoints[0]!
    },
    ...hooks,
  }
  const pool = new Pool('a', strategy, scripted, onPanic)
  return {
    ...scripted,
    pool,
    lists,
    offered(tried = []) {
      const count = lists.length
      pool.lease(pickContext(), tried)?.end()
      return lists.length > count ? lists.at(-1)!.map(portOf) : []
    },
    get: (port) => pool.candidates().find(({ endpoint }) => portOf(endpoint) === port)!.endpoint,
  }
}
