import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectSecure } from 'node:tls'
import { CONNECTING, explained, type Manager } from './client.ts'
import { Frames } from './frames.ts'
import { answered } from './get-data.ts'
import type { Server } from './hosts.ts'

/** `refused`: the server could be reached, and ended the connection before there was a session. */
type Ended = (error: Error, refused: boolean) => void

/**
 * Connects the library to a server, in place of its own `connect`: what goes wrong, also what the library throws, comes to
 * `ended`, and nothing is tried again.
 *
 * @throws Error when the certificates are none
 */
export function connection(manager: Manager, server: Server, tls: ConnectionOptions | undefined, end: Ended): void {
  manager.setState(CONNECTING)
  const socket = dial(server, tls)
  manager.socket = socket
  const frames = new Frames()
  let reached = false
  const ended = (error: Error) => {
    const refused = reached && manager.state === CONNECTING
    end(refused ? new Error(`${error.message} before there was a session`, { cause: error }) : error, refused)
  }
  const guarded = (call: () => void) => {
    try {
      call()
    } catch (error) {
      end(explained(error as Error), false)
    }
  }
  socket.on(tls ? 'secureConnect' : 'connect', () => {
    reached = true
    guarded(() => manager.onSocketConnected())
  })
  socket.on('data', (chunk: Buffer) => guarded(() => take(manager, socket, frames.completedBy(chunk))))
  socket.on('drain', () => guarded(() => manager.onSocketDrain()))
  socket.on('error', ended)
  socket.on('close', () => ended(new Error('the server closed the connection')))
}

function dial(server: Server, tls: ConnectionOptions | undefined): Socket {
  if (!tls) return connectPlain({ ...server, noDelay: true })
  // Server Name Indication knows no addresses (RFC 6066, 3).
  const name = isIP(server.host) ? {} : { servername: server.host }
  try {
    return connectSecure({ ...server, ...name, ...tls }).setNoDelay(true)
  } catch (error) {
    throw new Error(`tls: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Frame by frame: the library would join a long answer anew for each of its parts, and knows no longest. It destroys the
 * socket when an answer does not fit, and `silence` does when a frame before was the end.
 */
function take(manager: Manager, socket: Socket, frames: readonly Buffer[]): void {
  for (const frame of frames) {
    if (socket.destroyed) return
    if (!answered(manager, frame)) manager.onSocketData(frame)
    // Not so after `silence`, which leaves the state closed.
    if (socket.destroyed && manager.state > 0) throw new Error('it answers what it was not asked')
  }
}
