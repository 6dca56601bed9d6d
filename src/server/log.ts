import { pino } from 'pino'
import type { LogConfig } from '../config/types.ts'
import type { Line, LineSink } from '../gateway/index.ts'
import type { Logger } from '../plugin/index.ts'
import { Outlet } from './outlet.ts'

const FLUSH_MS = 100
const BATCH_LINES = 256

export interface Output {
  readonly log: Logger
  readonly lines: LineSink
  /** Writes what is held and waits for it, though not for a reader that has stopped. */
  flush(): Promise<void>
}

/**
 * JSON lines on standard output, for the log and the access log alike, in writes that never split a line. A reader that
 * is gone, a full disk or one that is too slow costs lines, never requests.
 *
 * @param fd another descriptor of it
 */
export function openOutput({ level }: Pick<LogConfig, 'level'>, fd = 1): Output {
  const outlet = new Outlet(fd)
  const missing = 'lines are missing here: they could not be written in time'
  const lines = new LineBatch(outlet, (count) => log.warn({ lines: count }, missing))
  const log = pino({ level, base: { pid: process.pid } }, { write: (text) => lines.writeSoon(bytewise(text)) })
  process.once('exit', () => {
    lines.handOver()
    outlet.end()
  })
  return {
    log,
    lines,
    async flush() {
      lines.flush()
      await outlet.emptied()
    },
  }
}

/**
 * Keeps lines, and makes and writes many at once: a line is cheaper to make in a tight loop than between requests, and
 * dear to hand over by itself. What there is no room for is counted, and told when there is room again.
 */
class LineBatch implements LineSink {
  readonly #outlet: Outlet
  readonly #tellMissing: (count: number) => void
  #lines: Line[] = []
  #missing = 0
  /** For as long as there is something to write: a process that has nothing to do sleeps. */
  #flushing: NodeJS.Timeout | undefined

  constructor(outlet: Outlet, tellMissing: (count: number) => void) {
    this.#outlet = outlet
    this.#tellMissing = tellMissing
  }

  write(line: Line): void {
    this.#flushing ??= setInterval(this.#flushOrRest, FLUSH_MS).unref()
    if (this.#lines.push(line) >= BATCH_LINES) this.flush()
  }

  /** At once, unless others wait already: what tells why a process has ended must not end with it. */
  writeSoon(line: Line): void {
    this.write(line)
    if (this.#outlet.empty) this.flush()
  }

  flush(): void {
    this.handOver()
    this.#outlet.pump()
  }

  handOver(): void {
    const lines = this.#lines.splice(0)
    if (this.#outlet.full) this.#missing += lines.length
    else {
      if (this.#missing > 0) lines.unshift(...this.#gap())
      for (const piece of pieces(lines, this.#outlet.pieceBytes)) this.#outlet.push(piece)
    }
  }

  readonly #flushOrRest = (): void => {
    if (this.#lines.length > 0 || this.#missing > 0 || !this.#outlet.empty) {
      this.flush()
      return
    }
    clearInterval(this.#flushing)
    this.#flushing = undefined
  }

  /** What stands in the place of lines that are missing, unless it has been written already. */
  #gap(): Line[] {
    const count = this.#missing
    this.#missing = 0
    this.#tellMissing(count)
    return this.#lines.splice(0)
  }
}

/** Texts of one byte a character become bytes as latin1, without being measured and encoded as UTF-8. */
function* pieces(lines: readonly Line[], mostBytes: number): Iterable<Buffer> {
  let piece = ''
  for (const line of lines) {
    const text = line.toString()
    if (piece !== '' && piece.length + text.length > mostBytes) {
      yield Buffer.from(piece, 'latin1')
      piece = ''
    }
    piece += text
  }
  if (piece !== '') yield Buffer.from(piece, 'latin1')
}

/** Each byte of the text as UTF-8 as one character: as many characters as bytes. */
function bytewise(text: string): string {
  return Buffer.from(text).toString('latin1')
}
