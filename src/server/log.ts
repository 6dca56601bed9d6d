import { pino } from 'pino'
import type { LogConfig } from '../config/types.ts'
import type { LineSink } from '../gateway/index.ts'
import type { Logger } from '../plugin/index.ts'

const FLUSH_MS = 100
const HELD_BYTES = 4096
const MOST_BYTES = 16 * 2 ** 20

export interface Output {
  readonly log: Logger
  readonly lines: LineSink
  /** Writes what is held and waits for it. */
  flush(): void
}

/**
 * JSON lines on standard output, for the log and the access log alike, in chunks that never split a line. A reader that
 * is gone, a full disk or one that is too slow costs lines, never requests.
 */
export function openOutput({ level }: Pick<LogConfig, 'level'>): Output {
  const destination = pino.destination({ fd: 1, sync: false, minLength: HELD_BYTES, maxLength: MOST_BYTES })
  destination.on('error', () => undefined)
  setInterval(() => destination.flush(), FLUSH_MS).unref()
  return {
    log: pino({ level, base: { pid: process.pid } }, destination),
    lines: destination,
    flush() {
      try {
        destination.flushSync()
      } catch {
        // The reader is gone, or nothing was ever written.
      }
    },
  }
}
