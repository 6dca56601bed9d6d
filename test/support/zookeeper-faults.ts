import { onTestFinished } from 'vitest'
import { zookeeper } from '../../adapters/zookeeper/index.ts'
import { type Subject, subject } from './adapter.ts'
import { type Driven, drive } from './driven.ts'
import { FaultProxy } from './fault-proxy.ts'
import { type Scratch, scratchRoot, sharedZooKeeper } from './zookeeper.ts'
import type { JavaServer, JavaSettings } from './zookeeper-java.ts'
import { startJavaZooKeeper } from './zookeeper-server.ts'
import { Truth } from './zookeeper-truth.ts'

export const ROOT = '/services'
const SERVICES = 20

/** A server for one test. */
export async function ownServer(settings?: JavaSettings): Promise<JavaServer> {
  const server = await startJavaZooKeeper(settings)
  onTestFinished(() => server.stop())
  return server
}

/** A way to `target`, by default the shared server, that fails on demand. */
export async function proxied(target = sharedZooKeeper()): Promise<FaultProxy> {
  const proxy = await FaultProxy.open(target)
  onTestFinished(() => proxy.close())
  return proxy
}

/** The adapter on a corner of the shared server, by a proxy; `others` are tried after it. */
export async function behindProxy(
  options: object = {},
  ...others: string[]
): Promise<Scratch & Subject & { proxy: FaultProxy }> {
  const { root, writer } = await scratchRoot()
  const proxy = await proxied()
  const all = { hosts: [proxy.address, ...others], root, ...options }
  return { root, writer, proxy, ...(await subject(zookeeper, all)) }
}

/** A clock that can be put forward. */
export class Clock {
  #aheadMs = 0
  readonly now = () => performance.now() + this.#aheadMs

  advance(ms: number): void {
    this.#aheadMs += ms
  }
}

/**
 * A writer that keeps the truth, and the adapter watched as the gateway does it, with the truth in its view.
 *
 * @param writeTo a server that is not to be stopped while there are changes
 */
export async function watched(
  writeTo: string,
  hosts: readonly string[],
  options: object = {},
): Promise<{ truth: Truth; driven: Driven; clock: Clock; warnings: readonly string[] }> {
  const truth = await Truth.begin(writeTo, ROOT, SERVICES)
  await truth.change(200)
  const clock = new Clock()
  const written = { hosts, root: ROOT, sessionTimeout: '3s', connectTimeout: '1s', ...options }
  const { adapter, warnings } = await subject(zookeeper, written, { now: clock.now })
  const driven = drive(adapter)
  await truth.seenBy(driven)
  return { truth, driven, clock, warnings }
}
