import { channel } from 'node:diagnostics_channel'
import { type Server, Socket } from 'node:net'
import { Inlet } from '../proxy/index.ts'

/** Node's own names: what accepts, what it has accepted, and who counts that. */
interface Handle {
  setNoDelay(on: boolean): void
}
type Accept = (this: object, failure: number, accepted: Handle | undefined) => void
type Listening = Server & { readonly _handle?: { onconnection?: Accept } | null; _connections: number }
type Accepted = Socket & { server: Server; _server: Server }

const IS_NODE_20 = process.versions.node.startsWith('20.')

const accepted = channel('net.server.socket')

/**
 * Node 20 copies the options of each socket and then adds three to the copy. Its V8 does not remember what such an object becomes,
 * and makes new hidden classes for each connection: nothing that reads the options is fast any more, and what is made lives until
 * the next full collection. Here a socket is given all of them at once, and an inlet to be read by. Later versions do not need that,
 * and are left alone.
 *
 * @param server one that makes half-open sockets without delay
 */
export function acceptAtOnce(server: Server): void {
  if (IS_NODE_20) server.on('listening', () => takeOver(server as Listening))
}

function takeOver(server: Listening): void {
  const handle = server._handle
  const byNode = handle?.onconnection
  if (!handle || !byNode) return
  handle.onconnection = function accept(failure, connection) {
    if (failure !== 0 || !connection) {
      byNode.call(this, failure, connection)
      return
    }
    connection.setNoDelay(true)
    const inlet = new Inlet()
    const socket = new Socket(optionsOf(connection, inlet)) as Accepted
    inlet.leadInto(socket)
    server._connections++
    socket.server = server
    socket._server = server
    server.emit('connection', socket)
    if (accepted.hasSubscribers) accepted.publish({ socket })
  }
}

/** With what Node would add: `emitClose` to `decodeStrings`. */
function optionsOf(handle: Handle, { onread }: Inlet): object {
  return {
    handle,
    onread,
    allowHalfOpen: true,
    noDelay: true,
    emitClose: false,
    autoDestroy: true,
    decodeStrings: false,
  }
}
