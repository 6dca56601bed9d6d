import { constants, fstatSync, openSync, readFileSync, writeSync, writev } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Processes share a pipe. It takes writes of up to PIPE_BUF bytes whole, and no others (pipe(7)). */
const PIPE_BUF = 4096
const PIECE_BYTES = 64 * 1024
const PIECES_AT_ONCE = 16
const MOST_BYTES = 16 * 2 ** 20
/** Four times what a pipe holds: a fast reader empties it meanwhile, and the event loop has to wait for well under a millisecond. */
const BURST_BYTES = 256 * 1024
const SOONEST_RETRY_MS = 1
const RETRY_MS = 10
const PATIENCE_MS = 2000

/**
 * Pieces of text on their way out of this process, in order. Nothing waits for the reader of a pipe or a socket: not the
 * event loop, which has requests, nor a thread of the pool, without which the process could not end.
 */
export class Outlet {
  /** A larger piece may be broken by one of another process. */
  readonly pieceBytes: number
  readonly #fd: number
  readonly #isStream: boolean
  readonly #own: number | undefined
  readonly #held: Buffer[] = []
  #heldBytes = 0
  #full = false
  #stream: WithHandle | undefined
  #inPool = 0
  #failed = false
  #waits = false
  #retryMs = SOONEST_RETRY_MS

  constructor(fd: number) {
    const stat = fstatSync(fd)
    this.#fd = fd
    this.#isStream = stat.isFIFO() || stat.isSocket()
    this.#own = stat.isFIFO() ? reopened(fd) : undefined
    this.pieceBytes = this.#isStream ? PIPE_BUF : PIECE_BYTES
  }

  get empty(): boolean {
    return this.#heldBytes === 0
  }

  /** From when 16 MiB are held until half of them have left. */
  get full(): boolean {
    return this.#full
  }

  /** Holds a piece, full or not; `pump` writes it. */
  push(piece: Buffer): void {
    this.#held.push(piece)
    this.#heldBytes += piece.length
    if (this.#heldBytes >= MOST_BYTES) this.#full = true
  }

  /** Writes what is taken now. For want of room it goes on by itself; after an error it takes another call. */
  pump(): void {
    if (this.empty || this.#inPool > 0) return
    const fd = this.#neverBlocking()
    if (fd === undefined) this.#writeInPool()
    else this.#writeNow(fd, BURST_BYTES)
  }

  /** Resolves when all is written, or cannot be: whoever reads it is gone, or has taken nothing for two seconds. */
  async emptied(): Promise<void> {
    let [leastBytes, sinceMs] = [Number.POSITIVE_INFINITY, 0]
    this.pump()
    while (!this.empty && (this.#inPool > 0 || !this.#failed)) {
      const nowMs = performance.now()
      if (this.#heldBytes < leastBytes) [leastBytes, sinceMs] = [this.#heldBytes, nowMs]
      else if (nowMs - sinceMs > PATIENCE_MS) return
      await sleep(RETRY_MS)
    }
  }

  /** Writes what is taken now, all of it if it is a file. There is no later: the process ends. */
  end(): void {
    // What a thread has in hand is written before the process is gone.
    for (; this.#inPool > 0; this.#inPool--) this.#taken(this.#held[0]!.length)
    const fd = this.#isStream ? this.#neverBlocking() : this.#fd
    if (fd !== undefined) this.#writeNow(fd, Number.POSITIVE_INFINITY)
  }

  #writeNow(fd: number, mostBytes: number): void {
    let bytes = 0
    try {
      while (!this.empty && bytes < mostBytes) bytes += this.#taken(writeSync(fd, this.#held[0]!))
      if (!this.empty) this.#goOn(bytes)
    } catch (error) {
      this.#refused(error as NodeJS.ErrnoException, bytes)
    }
  }

  #writeInPool(): void {
    const pieces = this.#held.slice(0, this.#isStream ? 1 : PIECES_AT_ONCE)
    this.#inPool = pieces.length
    writev(this.#fd, pieces, (error, bytes) => {
      this.#inPool = 0
      if (error) return this.#refused(error, 0)
      this.#taken(bytes)
      this.pump()
    })
  }

  #taken(bytes: number): number {
    let left = bytes
    while (left > 0 && left >= this.#held[0]!.length) left -= this.#held.shift()!.length
    if (left > 0) this.#held[0] = this.#held[0]!.subarray(left)
    this.#heldBytes -= bytes
    if (this.#heldBytes < MOST_BYTES / 2) this.#full = false
    this.#failed = false
    return bytes
  }

  #refused({ code }: NodeJS.ErrnoException, bytesBefore: number): void {
    this.#failed = code !== 'EAGAIN'
    if (!this.#failed) this.#goOn(bytesBefore)
  }

  /** Soon, while the reader keeps taking. Nothing tells when one that does not begins again, but trying: ever more seldom. */
  #goOn(bytesBefore: number): void {
    if (this.#waits) return
    this.#waits = true
    const again = () => {
      this.#waits = false
      this.pump()
    }
    if (bytesBefore > 0) {
      this.#retryMs = SOONEST_RETRY_MS
      setImmediate(again)
    } else {
      setTimeout(again, this.#retryMs).unref()
      this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MS)
    }
  }

  /** A descriptor by which to write without ever waiting. */
  #neverBlocking(): number | undefined {
    if (this.#own !== undefined || !this.#isStream) return this.#own
    if (!isNonBlocking(this.#fd)) {
      this.#stream ??= streamOf(this.#fd)
      this.#stream._handle?.setBlocking?.(false)
    }
    return isNonBlocking(this.#fd) ? this.#fd : undefined
  }
}

/** A stream of Node's that is one of libuv's. */
interface WithHandle {
  readonly _handle?: { setBlocking?(blocking: boolean): void }
}

function streamOf(fd: number): WithHandle {
  if (fd === 1) return process.stdout as WithHandle
  try {
    return new Socket({ fd, readable: false, writable: true }).unref() as WithHandle
  } catch {
    return {} // a kind of socket that is no stream
  }
}

/**
 * The same pipe once more, opened for this process alone: that it does not block concerns nobody else, and nobody else
 * can change it. Not so a socket, a pipe of another user, or where there is no /proc.
 */
function reopened(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

/**
 * That holds for all who share what the descriptor stands for. For 0, 1 and 2 Node undoes it in whatever process it starts, and
 * when that ends; workers therefore write to another one.
 */
function isNonBlocking(fd: number): boolean {
  try {
    const [, flags = '0'] = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? []
    return (Number.parseInt(flags, 8) & constants.O_NONBLOCK) !== 0
  } catch {
    return false
  }
}
