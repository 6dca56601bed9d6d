import { fstatSync } from 'node:fs'
import { pino } from 'pino'
import type { LogConfig } from '../config/types.ts'
import type { Line, LineSink } from '../gateway/index.ts'
import type { Logger } from '../plugin/index.ts'

const FLUSH_MS = 100
const BATCH_LINES = 256
const MOST_BYTES = 16 * 2 ** 20

/** Workers share one pipe. It takes writes of up to PIPE_BUF bytes whole (pipe(7)); a file takes any. */
const BATCH_BYTES = { pipe: 4096, file: 64 * 1024 }

export interface Output {
  readonly log: Logger
  readonly lines: LineSink
  /** Writes what is held and waits for it. */
  flush(): void
}

/**
 * JSON lines on standard output, for the log and the access log alike, in writes that never split a line. A reader that
 * is gone, a full disk or one that is too slow costs lines, never requests.
 */
export function openOutput({ level }: Pick<LogConfig, 'level'>): Output {
  const maxWrite = fstatSync(1).isFile() ? BATCH_BYTES.file : BATCH_BYTES.pipe
  const options = { fd: 1, sync: false, maxLength: MOST_BYTES, maxWrite }
  const text = pino.destination(options).on('error', () => undefined)
  // Lines are ASCII: as latin1 they become bytes without being measured and encoded as UTF-8.
  const bytes = pino.destination({ ...options, contentMode: 'buffer' } as typeof options).on('error', () => undefined)
  const lines = new LineBatch(maxWrite, (batch) => bytes.write(Buffer.from(batch, 'latin1') as unknown as string))
  setInterval(() => lines.flush(), FLUSH_MS).unref()
  return {
    log: pino({ level, base: { pid: process.pid } }, text),
    lines,
    flush() {
      lines.flush()
      for (const destination of [text, bytes]) {
        try {
          destination.flushSync()
        } catch {
          // The reader is gone, or nothing was ever written.
        }
      }
    },
  }
}

/**
 * Keeps lines, and makes and writes many at once: a line is cheaper to make in a tight loop than between requests, and
 * dear to hand over by itself.
 */
class LineBatch implements LineSink {
  readonly #mostBytes: number
  readonly #send: (batch: string) => void
  #lines: Line[] = []

  constructor(mostBytes: number, send: (batch: string) => void) {
    this.#mostBytes = mostBytes
    this.#send = send
  }

  write(line: Line): void {
    if (this.#lines.push(line) >= BATCH_LINES) this.flush()
  }

  flush(): void {
    let batch = ''
    for (const line of this.#lines) {
      const text = line.toString()
      if (batch.length + text.length > this.#mostBytes) {
        this.#send(batch)
        batch = ''
      }
      batch += text
    }
    if (batch !== '') this.#send(batch)
    this.#lines = []
  }
}
