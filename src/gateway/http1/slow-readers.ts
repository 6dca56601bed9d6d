import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isWriting, type Member, Roster } from '../../proxy/index.ts'
import { reset } from '../reset.ts'

const WATCHED = Symbol('watched')

interface Watched extends Member {
  readonly socket: Busy
}

/** How often within the time-out somebody looks. */
const LOOKS = 4

/**
 * Node's own names: the answer that has the connection, and what the kernel has still to take. null: Node's server has seen it, and
 * has let go of it, as of a tunnel.
 */
type Busy = Socket & {
  [WATCHED]?: Watched
  readonly _httpMessage?: ServerResponse | null
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

interface Standstill {
  written: number
  queued: number
  sinceMs: number
}

/**
 * Cuts connections whose clients take nothing of an answer for `timeoutMs`, up to a quarter longer, though there is something to
 * take. Costs an answer nothing: the connections are looked at, now and then.
 */
export class SlowReaders {
  readonly #timeoutMs: number
  readonly #open = new Roster<Watched>()
  readonly #stuck = new Map<Busy, Standstill>()
  readonly #forget: (this: Busy) => void
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    const [open, stuck] = [this.#open, this.#stuck]
    this.#forget = function forget() {
      open.remove(this[WATCHED]!)
      stuck.delete(this)
    }
  }

  /** Harmless when it has been added before. */
  add(socket: Busy): void {
    if (socket[WATCHED]) return
    const watched = { place: -1, socket }
    this.#open.add(watched)
    socket[WATCHED] = watched
    socket.on('close', this.#forget)
    this.#timer ??= setInterval(() => this.#look(performance.now()), this.#timeoutMs / LOOKS).unref()
  }

  #look(nowMs: number): void {
    for (const { socket } of this.#open.all()) {
      if (socket._httpMessage === null || !isWriting(socket)) this.#stuck.delete(socket)
      else if (this.#stoodFor(socket, nowMs) >= this.#timeoutMs) reset(socket)
    }
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** How long the client has taken nothing. */
  #stoodFor(socket: Busy, nowMs: number): number {
    const written = socket.bytesWritten - socket.writableLength
    const queued = socket._handle?.writeQueueSize ?? 0
    const known = this.#stuck.get(socket)
    if (known?.written === written && known.queued === queued) return nowMs - known.sinceMs
    this.#stuck.set(socket, { written, queued, sinceMs: nowMs })
    return 0
  }
}
