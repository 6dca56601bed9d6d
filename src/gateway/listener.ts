import type { Server, Socket } from 'node:net'
import type { ServerConfig } from '../config/types.ts'
import { createFront } from '../front/index.ts'
import { Entrance, type EntranceOptions } from './entrance.ts'
import { createHttp1Server } from './http1-server.ts'
import { Tunnels } from './tunnel/index.ts'

export interface ListenerOptions extends EntranceOptions {
  readonly server: ServerConfig
  random(): number
}

export interface Listener {
  /** What listens. */
  readonly server: Server
  /** From now on every answer asks its client to close: the listener is about to go. */
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
  const front = createFront({ limits, http1: (socket: Socket) => void http1.emit('connection', socket) })
  front.server.once('listening', () => http1.emit('listening'))
  return {
    server: front.server,
    sayGoodbye() {
      entrance.leaving = true
    },
    close(withinMs) {
      http1.close()
      const closed = new Promise((resolve) => front.server.close(resolve))
      return Promise.all([closed, tunnels.leave(withinMs)]).then(() => undefined)
    },
    cut() {
      tunnels.cut()
      front.cut()
    },
  }
}
