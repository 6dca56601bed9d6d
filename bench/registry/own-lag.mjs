import { readFileSync } from 'node:fs'

const EVERY_MS = 2

/**
 * The longest delay of the event loop that the process made by itself: without the time for which it could have run but the
 * machine had no core for it, which the kernel counts.
 */
export class OwnLag {
  #timer
  #last
  #beganNanos = 0
  #ownMaxMs = 0

  /** @param sampling false: only the sum, which costs nothing in between; looking does */
  start(sampling) {
    clearInterval(this.#timer)
    this.#ownMaxMs = 0
    this.#last = reading()
    this.#beganNanos = this.#last.waitedNanos
    if (sampling) this.#timer = setInterval(() => this.#look(), EVERY_MS).unref()
  }

  /** @returns the delay, and how long there was no core in all */
  stop() {
    clearInterval(this.#timer)
    return { ownMaxMs: this.#ownMaxMs, waitedMs: (reading().waitedNanos - this.#beganNanos) / 1e6 }
  }

  #look() {
    const { atMs, waitedNanos } = reading()
    const waitedMs = (waitedNanos - this.#last.waitedNanos) / 1e6
    this.#ownMaxMs = Math.max(this.#ownMaxMs, atMs - this.#last.atMs - waitedMs - EVERY_MS)
    this.#last = { atMs, waitedNanos }
  }
}

/** Nanoseconds on a run queue are the second of three fields. See the kernel's sched-stats.rst; it may be without them. */
function reading() {
  return { atMs: performance.now(), waitedNanos: Number(schedstat().split(' ')[1]) }
}

function schedstat() {
  try {
    return readFileSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'latin1')
  } catch {
    return '0 0 0'
  }
}
