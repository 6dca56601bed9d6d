import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Ending, type Stallable, StallWatch, type Tunnel } from '../../proxy/index.ts'
import { reset } from '../reset.ts'
import { closeFrame, maskedCloseFrame } from './close-frame.ts'
import { Flow } from './flow.ts'
import { FrameTracker } from './frames.ts'

/** How long both sides have for their closing handshake, or to end after our FIN. */
const FAREWELL_MS = 5000

/**
 * A client's connection and an instance's, joined: bytes in both directions, the end of each direction, and a break of one side
 * that becomes a break of the other.
 */
export class Splice implements Stallable {
  readonly awaited = true
  ending: Ending = 'complete'
  readonly #client: Socket
  readonly #tunnel: Tunnel
  readonly #up: Flow
  readonly #down: Flow
  readonly #onEnd: (splice: Splice) => void
  readonly #watch: StallWatch
  #open = 2
  #leaving = false

  /**
   * @param client with nobody else's listeners for its data and its end, but one for its errors
   * @param onEnd called once, when both connections have closed
   */
  constructor(client: Socket, tunnel: Tunnel, onEnd: (splice: Splice) => void) {
    const instance = tunnel.socket
    this.#client = client
    this.#tunnel = tunnel
    this.#onEnd = onEnd
    this.#watch = new StallWatch(tunnel.idleTimeoutMs, this)
    this.#up = new Flow(client, instance, this.#watch, tunnel.isWebSocket ? new FrameTracker() : undefined)
    this.#down = new Flow(instance, client, this.#watch, tunnel.isWebSocket ? new FrameTracker() : undefined)
  }

  /** @param early what the client has sent behind its request */
  start(early: Buffer): void {
    const { socket, rest } = this.#tunnel
    this.#hold(this.#client, this.#up, socket, 'client-closed')
    this.#hold(socket, this.#down, this.#client, 'upstream-broke')
    this.#down.start(rest)
    this.#up.start(early)
  }

  /** Nothing has passed for the idle time. */
  stalled(): void {
    this.cut('idle')
  }

  get isWebSocket(): boolean {
    return this.#tunnel.isWebSocket
  }

  /**
   * Ends it for the gateway's sake: a WebSocket by a Close frame to either side, after which neither hears more of the other,
   * any other protocol by a FIN. What has not ended 5 s later is cut.
   */
  leave(): void {
    if (this.#leaving || this.#open === 0) return
    this.#leaving = true
    setTimeout(() => this.cut('drained'), FAREWELL_MS).unref()
    if (!this.isWebSocket) this.#finish()
    else if (!this.#up.closed && !this.#down.closed) {
      this.#down.leave(closeFrame(), () => undefined)
      this.#up.leave(maskedCloseFrame(), () => this.#client.end()) // RFC 6455 7.1.1: the server closes first
    }
  }

  #hold(side: Duplex, flow: Flow, other: Duplex, blame: Ending): void {
    side.allowHalfOpen = true // the end of one direction is not that of the other
    const onClose = (): void => {
      this.#closed(flow.ended && side.writableFinished, blame)
      if (!flow.ended) breakOff(other)
      else if (!side.writableFinished) closeSoon(other)
    }
    // While a middleware looked at the answer it may have broken.
    if (side.closed) process.nextTick(onClose)
    else side.once('close', onClose)
  }

  #finish(): void {
    this.#up.mute()
    this.#down.mute()
    this.#client.end()
    this.#tunnel.socket.end()
  }

  /** Breaks it off. */
  cut(ending: 'idle' | 'drained'): void {
    if (this.#open === 0) return
    if (this.ending === 'complete') this.ending = ending
    this.#client.destroy()
    this.#tunnel.socket.destroy()
  }

  #closed(graceful: boolean, blame: Ending): void {
    if (this.ending === 'complete') this.ending = this.#leaving ? 'drained' : graceful ? 'complete' : blame
    if (--this.#open > 0) return
    this.#tunnel.bytesReceived = this.#up.bytes
    this.#watch.stop()
    this.#onEnd(this)
  }
}

/** By a reset, where there is such a thing: never to be taken for an end. */
function breakOff(socket: Duplex): void {
  if (socket instanceof Socket) reset(socket)
  else socket.destroy()
}

/** What the other side had to say was all said: it still leaves. */
function closeSoon(socket: Duplex): void {
  if (socket.writableFinished) socket.destroy()
  else socket.once('finish', () => socket.destroy()).end()
}
