import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { type Client, createClient, Exception, type Stat } from 'node-zookeeper-client'
import { Watches } from './watches.ts'

/**
 * `node-zookeeper-client` 1.1.3 and those of its private parts that a link takes over. Left to itself the library
 * never notices a hung server, does not survive a connection cut within a reply, and throws from its socket handlers.
 * @module
 */

export type { Stat }

export interface Manager extends EventEmitter {
  state: number
  socket: Socket | undefined
  pendingBuffer: Buffer | null
  readonly pendingQueue: unknown[]
  readonly packetQueue: { readonly queue: unknown[] }
  watcherManager: Pick<Watches, 'emit'>
  setState(state: number): void
  connect(): void
  onSocketConnected(): void
  onSocketData(chunk: Buffer): void
  onSocketDrain(): void
  onSocketTimeout(): void
}

export type OwnedClient = Client & { readonly connectionManager: Manager }

export const CONNECTING = 1
const CLOSED = -2

/**
 * A client that is not connected yet and does not know where to: its `connect` is the caller's to replace.
 *
 * @throws Error when the installed library is not the one this module knows from within
 */
export function ownedClient(sessionTimeoutMs: number): OwnedClient {
  // A placeholder: the library's own parser of addresses knows neither IPv6 nor a space after a comma.
  const client = createClient('localhost:2181', { sessionTimeout: sessionTimeoutMs, retries: 0 }) as OwnedClient
  const missing = unknownParts(client)
  if (missing.length === 0) return withWatches(client)
  throw new Error(`node-zookeeper-client lacks ${missing.join(', ')}; install exactly version 1.1.3`)
}

function withWatches(client: OwnedClient): OwnedClient {
  client.connectionManager.watcherManager = new Watches()
  return client
}

/** @throws Error as `ownedClient` does: for a start that fails at once rather than a first connection that does */
export function assertLibrary(): void {
  ownedClient(1000)
}

function unknownParts({ connectionManager }: OwnedClient): string[] {
  const manager = (connectionManager ?? {}) as Partial<Manager>
  const methods = [
    'connect',
    'setState',
    'onSocketConnected',
    'onSocketData',
    'onSocketDrain',
    'onSocketTimeout',
  ] as const
  const parts: Record<string, boolean> = {
    state: typeof manager.state === 'number',
    pendingBuffer: manager.pendingBuffer === null,
    pendingQueue: Array.isArray(manager.pendingQueue),
    'packetQueue.queue': Array.isArray(manager.packetQueue?.queue),
    'watcherManager.emit': typeof manager.watcherManager?.emit === 'function',
  }
  for (const method of methods) parts[method] = typeof manager[method] === 'function'
  return Object.keys(parts).filter((part) => !parts[part])
}

/** Nothing of the client runs after this: no callback, no watcher, no reconnect. */
export function silence(client: OwnedClient): void {
  const { connectionManager: manager } = client
  manager.state = CLOSED
  manager.removeAllListeners()
  client.removeAllListeners()
  manager.watcherManager = new Watches()
  manager.packetQueue.queue.length = 0
  manager.pendingQueue.length = 0
  manager.pendingBuffer = null
  manager.socket?.removeAllListeners()
  manager.socket?.on('error', () => {}).destroy()
}

const VERDICTS: Readonly<Record<number, 'gone' | 'denied' | 'taken' | 'childless'>> = {
  [Exception.NO_NODE]: 'gone',
  [Exception.NO_AUTH]: 'denied',
  [Exception.NODE_EXISTS]: 'taken',
  [Exception.NO_CHILDREN_FOR_EPHEMERALS]: 'childless',
}

/** All but `broken` concern one path; whatever else a server answers concerns the link. */
export function verdict(error: unknown): (typeof VERDICTS)[number] | 'broken' {
  return VERDICTS[(error as { code?: number }).code ?? 0] ?? 'broken'
}
