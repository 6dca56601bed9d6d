import type { Server } from 'node:net'
import type { ServerConfig } from '../config/types.ts'
import { createFront, type RefusalReason } from '../front/index.ts'
import { Entrance, type EntranceOptions } from './entrance.ts'
import { turnAway } from './http1/last-words.ts'
import { createHttp1Server } from './http1/server.ts'
import { createHttp2Server } from './http2/server.ts'
import { Pressure, watchLoad } from './shedding/index.ts'
import { Tunnels } from './tunnel/index.ts'

export interface ListenerOptions extends EntranceOptions {
  readonly server: ServerConfig
  random(): number
  /** What workers have in common that resume each other's TLS sessions. */
  readonly ticketSecret: Buffer
  /** Is told of each connection that is not let in. */
  refused(reason: RefusalReason): void
}

export interface Listener {
  /** What listens. */
  readonly server: Server
  /** Listens on another descriptor, too. */
  open(door: object): void
  /** That are open now. */
  readonly connections: number
  /** From now on every client is asked to go elsewhere: with every answer of HTTP/1, and at once on HTTP/2. */
  sayGoodbye(): void
  /**
   * Takes no new connections, and lets idle ones go. Those who will not go by themselves, the tunnels, are told to within
   * `withinMs`. Resolves when the last one has closed.
   */
  close(withinMs: number): Promise<void>
  /** Breaks off what is left. */
  cut(): void
}

/** The way in: the front, and behind it a server for each version of HTTP, all with one entrance. */
export function createListener({ server, ticketSecret, refused, ...rest }: ListenerOptions): Listener {
  const { limits } = server
  const pressure = new Pressure(server.shedding, rest.log)
  const entrance = new Entrance(rest, pressure)
  const tunnels = new Tunnels()
  const http1 = createHttp1Server(entrance, { ...rest, server, tunnels })
  const http2 = createHttp2Server(entrance, { ...rest, limits })
  const front = createFront({
    server,
    log: rest.log,
    http1: http1.accept,
    http2: http2.accept,
    turnAway,
    refused,
    ticketSecret,
  })
  front.server.once('listening', () => {
    http1.listening()
    front.server.once('close', watchLoad(pressure, rest.now))
  })
  return {
    server: front.server,
    open: front.open,
    get connections() {
      return front.connections
    },
    sayGoodbye() {
      entrance.leaving = true
      http2.sayGoodbye()
    },
    close(withinMs) {
      http1.close()
      http2.close()
      return Promise.all([front.close(), tunnels.leave(withinMs)]).then(() => undefined)
    },
    cut() {
      tunnels.cut()
      front.cut()
    },
  }
}
