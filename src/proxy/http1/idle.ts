import { monotonicMs } from '../../clock.ts'
import type { Connection } from './connection.ts'

const SHORTEST_SWEEP_MS = 20

/** Connections without a call, the most recently used on top. One timer for all; it does not keep the process alive. */
export class IdleConnections {
  readonly #stack: Connection[] = []
  readonly #lifetimeMs: number
  #timer: NodeJS.Timeout | undefined
  #sweepAtMs = Number.POSITIVE_INFINITY

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs
  }

  /** Closes it at once when there is no time to keep it. */
  push(connection: Connection): void {
    // A second earlier than the peer, so that the two do not meet: its hint is in whole seconds and older than now.
    const lifetimeMs = Math.min(this.#lifetimeMs, connection.keepAliveMs - 1000)
    if (lifetimeMs <= 0) {
      connection.destroy()
      return
    }
    connection.expiresAtMs = monotonicMs() + lifetimeMs
    this.#stack.push(connection)
    if (connection.expiresAtMs < this.#sweepAtMs) this.#sweepAt(connection.expiresAtMs)
  }

  /** The one used last, if it has not outlived its time. */
  pop(nowMs: number): Connection | undefined {
    for (;;) {
      const connection = this.#stack.pop()
      if (!connection || (connection.usable && connection.expiresAtMs > nowMs)) return connection
      connection.destroy()
    }
  }

  remove(connection: Connection): void {
    const index = this.#stack.lastIndexOf(connection)
    if (index >= 0) this.#stack.splice(index, 1)
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#sweepAtMs = Number.POSITIVE_INFINITY
    for (const connection of this.#stack.splice(0)) connection.destroy()
  }

  #sweepAt(atMs: number): void {
    clearTimeout(this.#timer)
    this.#sweepAtMs = atMs
    this.#timer = setTimeout(this.#sweep, Math.max(SHORTEST_SWEEP_MS, atMs - monotonicMs())).unref()
  }

  readonly #sweep = (): void => {
    this.#sweepAtMs = Number.POSITIVE_INFINITY
    const now = monotonicMs()
    for (const connection of this.#stack.filter(({ expiresAtMs }) => expiresAtMs <= now)) connection.destroy()
    const nextAtMs = this.#stack.reduce((earliest, { expiresAtMs }) => Math.min(earliest, expiresAtMs), Infinity)
    if (nextAtMs < Infinity) this.#sweepAt(nextAtMs)
  }
}
