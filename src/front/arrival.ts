import type { Socket } from 'node:net'
import { introduce, plainAddress } from '../proxy/index.ts'

/** A connection on its way to its protocol: what is known of it so far. */
export class Arrival {
  /** What was accepted. */
  readonly tcp: Socket
  /** What carries the rest: `tcp`, or TLS on top of it. */
  socket: Socket
  /** Of the client: the peer, until somebody who is believed says better. */
  address: string
  /** Of the certificate that the client has shown, if it has been verified. */
  subject: string | undefined
  readonly #deadline: NodeJS.Timeout

  /** @param timeoutMs after which it is cut, unless it has been handed over */
  constructor(tcp: Socket, timeoutMs: number) {
    this.tcp = tcp
    this.socket = tcp
    this.address = plainAddress(tcp.remoteAddress)
    this.#deadline = setTimeout(() => this.end(), timeoutMs)
    tcp.on('error', ignore).once('close', () => clearTimeout(this.#deadline))
  }

  /** Ends it without a word. */
  end(): void {
    this.socket.destroy()
  }

  /** @returns what carries HTTP from now on, with its peer; the time-outs are those of its server */
  handOver(): Socket {
    clearTimeout(this.#deadline)
    introduce(this.socket, this.address, this.subject)
    return this.socket
  }
}

export type Next = (arrival: Arrival) => void

/** What happens to a connection before it is HTTP. Does not call `next` for one that it has ended. */
export type Stage = (arrival: Arrival, next: Next) => void

/** An error is followed by `close`, which is listened to. */
function ignore(): void {}
