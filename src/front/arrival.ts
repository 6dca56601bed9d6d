import type { Socket } from 'node:net'

/** A connection on its way to its protocol: what is known of it so far. */
export class Arrival {
  /** What was accepted. Destroying it ends whatever is above it. */
  readonly tcp: Socket
  /** What carries the rest: `tcp`, or TLS on top of it. */
  socket: Socket
  /** Of the client, if somebody in front of the gateway says that it is not the peer. */
  address: string | undefined
  /** Of the certificate that the client has shown, if it has been verified. */
  subject: string | undefined
  readonly #deadline: NodeJS.Timeout

  /** @param timeoutMs after which it is cut, unless it has been handed over */
  constructor(tcp: Socket, timeoutMs: number) {
    this.tcp = tcp
    this.socket = tcp
    this.#deadline = setTimeout(() => tcp.destroy(), timeoutMs)
    tcp.on('error', ignore).once('close', () => clearTimeout(this.#deadline))
  }

  /** @returns what carries HTTP from now on; the time-outs are those of its server */
  handOver(): Socket {
    clearTimeout(this.#deadline)
    return this.socket
  }
}

/** What happens to a connection before it is HTTP. Calls `next` at most once: not for one that it has ended. */
export type Stage = (arrival: Arrival, next: (arrival: Arrival) => void) => void

/** An error is followed by `close`, which is listened to. */
function ignore(): void {}
