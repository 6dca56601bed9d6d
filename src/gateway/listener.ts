import type { Server, Socket } from 'node:net'
import type { ServerConfig } from '../config/types.ts'
import { createFront } from '../front/index.ts'
import { Entrance, type EntranceOptions } from './entrance.ts'
import { createHttp1Server } from './http1-server.ts'
import { createHttp2Server } from './http2-server.ts'
import { turnAway } from './last-words.ts'
import { Tunnels } from './tunnel/index.ts'

export interface ListenerOptions extends EntranceOptions {
  readonly server: ServerConfig
  random(): number
}

export interface Listener {
  /** What listens. */
  readonly server: Server
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
export function createListener({ server, ...rest }: ListenerOptions): Listener {
  const { limits } = server
  const entrance = new Entrance(rest)
  const tunnels = new Tunnels()
  const http1 = createHttp1Server(entrance, { ...rest, server, tunnels })
  const http2 = createHttp2Server(entrance, { ...rest, limits })
  const front = createFront({
    server,
    log: rest.log,
    http1: (socket: Socket) => void http1.emit('connection', socket),
    http2: http2.accept,
    turnAway,
  })
  front.server.once('listening', () => http1.emit('listening'))
  return {
    server: front.server,
    sayGoodbye() {
      entrance.leaving = true
      http2.sayGoodbye()
    },
    close(withinMs) {
      http1.close()
      http2.close()
      const closed = new Promise((resolve) => front.server.close(resolve))
      return Promise.all([closed, tunnels.leave(withinMs)]).then(() => undefined)
    },
    cut() {
      tunnels.cut()
      front.cut()
    },
  }
}
