import { fstatSync } from 'node:fs'
import { pino } from 'pino'
import type { LogConfig } from '../config/types.ts'
import type { LineSink } from '../gateway/index.ts'
import type { Logger } from '../plugin/index.ts'

const FLUSH_MS = 100
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

/** One write for many lines: handing over a line by itself costs more than making it. */
class LineBatch implements LineSink {
  readonly #mostBytes: number
  readonly #send: (batch: string) => void
  #held = ''

  constructor(mostBytes: number, send: (batch: string) => void) {
    this.#mostBytes = mostBytes
    this.#send = send
  }

  write(line: string): void {
    if (this.#held.length + line.length > this.#mostBytes) this.flush()
    this.#held += line
  }

  flush(): void {
    if (this.#held === '') return
    this.#send(this.#held)
    this.#held = ''
  }
}
