import type { Duplex } from 'node:stream'
import type { Lease } from '../balancing/index.ts'
import type { Cancellable } from './exchange.ts'
import type { Service } from './service.ts'
import type { ResponseHead, UpstreamCall } from './transport.ts'

/** The protocol is WebSocket (RFC 6455): what passes is frames, and there is a way to say goodbye. */
const WEBSOCKET = 'websocket'

/**
 * The instance's end of a connection that has switched to another protocol. Nothing reads from it yet: whoever writes the 101
 * to the client joins the two. Holds its lease, and counts as one of the service's tunnels, until the connection has closed.
 */
export class Tunnel implements UpstreamCall, Cancellable {
  /** In lower case. */
  readonly protocol: string
  readonly head: ResponseHead
  readonly socket: Duplex
  /** What has come behind the head. */
  readonly rest: Buffer
  /** How long it stays open without a byte either way. */
  readonly idleTimeoutMs: number
  /** Bytes from the client. */
  bytesReceived = 0

  constructor(protocol: string, service: Service, lease: Lease, head: ResponseHead, socket: Duplex, rest: Buffer) {
    this.protocol = protocol
    this.head = head
    this.socket = socket
    this.rest = rest
    this.idleTimeoutMs = service.settings.upstream.tunnelTimeoutMs
    service.tunnels++
    socket.on('error', ignore)
    socket.once('close', () => {
      service.tunnels--
      lease.end()
    })
  }

  get isWebSocket(): boolean {
    return this.protocol === WEBSOCKET
  }

  /** Nothing is read anyway. */
  pause(): void {}
  resume(): void {}

  abort(): void {
    this.socket.destroy()
  }

  cancel(): void {
    this.socket.destroy()
  }
}

function ignore(): void {}
