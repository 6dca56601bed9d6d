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

export interface Packet {
  readonly request: unknown
  readonly callback: (error: unknown, answer?: unknown) => void
}

export interface Manager extends EventEmitter {
  state: number
  socket: Socket | undefined
  pendingBuffer: Buffer | null
  zxid: Buffer
  readonly pendingQueue: Packet[]
  readonly packetQueue: { readonly queue: unknown[] }
  watcherManager: Pick<Watches, 'emit' | 'registerDataWatcher'>
  setState(state: number): void
  queue(request: Packet['request'], callback: Packet['callback']): void
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
    'queue',
    'setState',
    'onSocketConnected',
    'onSocketData',
    'onSocketDrain',
    'onSocketTimeout',
  ] as const
  const parts: Record<string, boolean> = {
    state: typeof manager.state === 'number',
    pendingBuffer: manager.pendingBuffer === null,
    zxid: manager.zxid?.length === 8,
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

const WANTS_SASL = '-124'

/** Error codes that the library has no word for: https://github.com/apache/zookeeper/blob/release-3.9.3/zookeeper-server/src/main/java/org/apache/zookeeper/KeeperException.java */
const UNKNOWN_TO_THE_LIBRARY: Readonly<Record<string, string>> = {
  '-12': 'the session is not known',
  '-13': 'there is no quorum for a new configuration',
  '-14': 'a reconfiguration is under way',
  '-118': 'the session has moved to another server',
  '-119': 'the server is read-only',
  '-122': 'the server itself had no answer in time',
  [WANTS_SASL]: 'it wants clients that authenticate with SASL, which this adapter cannot',
  '-125': 'a quota is used up',
  '-127': 'the server has too much to do',
}

/** The server does not take this client for who it says that it is: trying again mends nothing. */
export class Unauthenticated extends Error {}

/** What the library threw, in words that say whose fault it is. */
export function explained(thrown: Error): Error {
  const [, code] = /^Unknown code: (-?\d+)$/.exec(thrown.message) ?? []
  if (code === undefined) return new Error(`what it says cannot be understood: ${thrown.message}`, { cause: thrown })
  const message = `refuses with error code ${code}: ${UNKNOWN_TO_THE_LIBRARY[code] ?? 'not known here'}`
  return code === WANTS_SASL ? new Unauthenticated(message) : new Error(message, { cause: thrown })
}
