import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { FaultProxy } from '../../../support/fault-proxy.ts'
import { type GatewayProcess, startGateway } from '../../../support/gateway.ts'
import { Load } from '../../../support/load.ts'
import { scratchRoot, sharedZooKeeper, type Writer } from '../../../support/zookeeper.ts'
import { startInstance } from './own.ts'
import type { WireUpstream } from './upstream.ts'

export interface Chart {
  readonly workers: number
  /** How many instances the service `s` has; 1. */
  readonly instances?: number
  /** Of the registry, beside its type. */
  readonly registry?: object
  readonly sessionTimeout?: string
  /** More of the configuration. */
  readonly settings?: object
}

export interface Charted {
  readonly gateway: GatewayProcess
  /** Between the gateway and ZooKeeper. */
  readonly proxy: FaultProxy
  readonly writer: Writer
  readonly root: string
  readonly instances: readonly WireUpstream[]
  /** Where an instance is registered. */
  pathOf(instance: WireUpstream): string
  register(instance: WireUpstream): Promise<void>
  leave(instance: WireUpstream): Promise<void>
}

/** A gateway that reads one service, `s`, from ZooKeeper, by a proxy that fails on demand. */
export async function charted({
  workers,
  instances: count = 1,
  registry = {},
  settings,
  ...more
}: Chart): Promise<Charted> {
  const { root, writer } = await scratchRoot()
  const instances = await Promise.all(Array.from({ length: count }, () => startInstance()))
  const pathOf = ({ address }: WireUpstream) => `${root}/s/${address}`
  const register = (instance: WireUpstream) => writer.createEphemeral(pathOf(instance))
  await Promise.all(instances.map(register))
  const proxy = await openProxy()
  const options = { hosts: [proxy.address], root, sessionTimeout: more.sessionTimeout ?? '2s' }
  const gateway = await startGateway(
    stringify({
      server: { workers },
      registry: { type: 'zookeeper', options, snapshot: null, ...registry },
      ...settings,
    }),
  )
  const leave = (instance: WireUpstream) => writer.remove(pathOf(instance))
  return { gateway, proxy, writer, root, instances, pathOf, register, leave }
}

export async function openProxy(target = sharedZooKeeper()): Promise<FaultProxy> {
  const proxy = await FaultProxy.open(target)
  onTestFinished(() => proxy.close())
  return proxy
}

/** As the admin API tells. */
export async function registryOf(gateway: GatewayProcess) {
  return JSON.parse((await gateway.admin('/api/registry')).text)
}

/** Clients that keep their connections, and clients that do not. */
export const loadOn = ({ url }: GatewayProcess) => new Load(`${url}/services/s/`, { kept: 2, fresh: 2 })

/** What went wrong with any request. */
export async function harm(load: Load): Promise<unknown[]> {
  const { errors } = await load.stop()
  return [...errors, ...load.wrong]
}
