import type { Socket } from 'node:net'
import type { ServerConfig } from '../../config/types.ts'
import type { Entrance, EntranceOptions } from '../entrance.ts'
import type { Tunnels } from '../tunnel/index.ts'
import { createEverydayServer } from './everyday/server.ts'
import { createNodeServer } from './node-server.ts'
import { RequestsPerConnection } from './requests-per-connection.ts'
import { SlowReaders } from './slow-readers.ts'

export interface Http1Options extends EntranceOptions {
  readonly server: Pick<ServerConfig, 'limits' | 'upgrades'>
  readonly tunnels: Tunnels
  random(): number
}

/** HTTP/1.1 and 1.0. Does not listen: it is handed its connections. */
export interface Http1Server {
  /** Takes a connection on which HTTP/1 comes next. */
  accept(socket: Socket): void
  /** From now on connections may come: time-outs are looked after. */
  listening(): void
  /** Idle connections go; others as soon as they are. */
  close(): void
}

/**
 * A connection begins with the server that knows everyday requests only, and goes over to Node's with the first that is not one:
 * everything that is difficult is left to a parser that has been tried for long.
 */
export function createHttp1Server(entrance: Entrance, options: Http1Options): Http1Server {
  const { limits } = options.server
  const common = {
    ...options,
    slowReaders: new SlowReaders(limits.writeTimeoutMs),
    requests: new RequestsPerConnection(limits.requestsPerConnection, options.random),
    witness: { ...options, keepAliveLines: keepAliveLines(limits) },
  }
  const node = createNodeServer(entrance, common)
  const everyday = createEverydayServer(entrance, {
    ...common,
    handOver: (socket) => void node.emit('connection', socket),
  })
  return {
    accept: everyday.accept,
    listening: () => void node.emit('listening'),
    close() {
      everyday.close()
      node.close()
    },
  }
}

/** As Node says it. */
function keepAliveLines({ keepAliveTimeoutMs }: ServerConfig['limits']): string {
  return `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeoutMs / 1000)}\r\n`
}
