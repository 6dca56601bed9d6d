import type { Socket } from 'node:net'
import type { LimitsConfig, ServerConfig } from '../../../config/types.ts'
import { type Deadlines, deadlinesOf, Roster } from '../../../proxy/index.ts'
import type { Entrance } from '../../entrance.ts'
import type { Http1Witness } from '../outgoing.ts'
import type { RequestsPerConnection } from '../requests-per-connection.ts'
import type { SlowReaders } from '../slow-readers.ts'
import { EverydayConnection } from './connection.ts'

export interface EverydayOptions {
  readonly server: Pick<ServerConfig, 'limits'>
  readonly slowReaders: SlowReaders
  readonly requests: RequestsPerConnection
  readonly witness: Http1Witness
  /** Takes a connection for good. What it has read last is told to it right after that, as an event of the socket. */
  handOver(socket: Socket): void
}

/** What the connections have in common. */
export interface Everyday extends Pick<EverydayOptions, 'requests' | 'witness' | 'handOver'> {
  readonly entrance: Entrance
  readonly limits: LimitsConfig
  /** For the first request of a connection, and for each one after it. */
  readonly firstRequest: Deadlines
  readonly nextRequest: Deadlines
  /** It is closed, or somebody else's. */
  forget(connection: EverydayConnection): void
}

/** Serves everyday requests, without `node:http`. */
export function createEverydayServer(entrance: Entrance, options: EverydayOptions) {
  const { limits } = options.server
  const connections = new Roster<EverydayConnection>()
  const common: Everyday = {
    ...options,
    entrance,
    limits,
    firstRequest: deadlinesOf(limits.headerTimeoutMs),
    nextRequest: deadlinesOf(limits.keepAliveTimeoutMs),
    forget: (connection) => connections.remove(connection),
  }
  return {
    accept(socket: Socket): void {
      options.slowReaders.add(socket)
      connections.add(new EverydayConnection(socket, common))
    },
    /** Idle connections go. */
    close(): void {
      for (const connection of connections.all()) connection.leave()
    },
  }
}
