import { setTimeout as sleep } from 'node:timers/promises'
import type { RegistryAdapter, RegistryView } from '../plugin/index.ts'

export interface Follower {
  /** The next one is asked for when this has been taken in. A rejection counts as a registry that cannot be read. */
  view(view: RegistryView): void | Promise<void>
  /** The registry cannot be read: earlier views are stale, though they may be used on. `failures` counts from 1 since the last view. */
  stale(error: Error, failures: number): void
}

export interface FollowOptions {
  readonly signal: AbortSignal
  /** Monotonic milliseconds. */
  now(): number
  /** How long to wait before the next watch. */
  delayMs(failures: number): number
}

/** A watch that ends sooner after its first view has not gone well, and reading everything again is not free. */
const STEADY_MS = 10_000
/** It can be read, if not for long: it is not left alone for seconds, like one that cannot. */
const MOST_HASTY = 4

/** Watches, and watches again after each failure, until the signal aborts. Never rejects. */
export async function follow(
  adapter: RegistryAdapter,
  follower: Follower,
  { signal, now, delayMs }: FollowOptions,
): Promise<void> {
  let [failures, hasty] = [0, 0]
  while (!signal.aborted) {
    let knownMs = Number.POSITIVE_INFINITY
    try {
      for await (const view of adapter.watch(signal)) {
        await follower.view(view)
        failures = 0
        knownMs = Math.min(knownMs, now())
      }
      throw new Error('the adapter ended its watch')
    } catch (thrown) {
      if (signal.aborted) return
      follower.stale(thrown instanceof Error ? thrown : new Error(String(thrown)), ++failures)
    }
    hasty = now() - knownMs >= STEADY_MS ? 1 : Math.min(hasty + 1, MOST_HASTY)
    await sleep(delayMs(Math.max(failures, hasty)), undefined, { signal }).catch(() => undefined)
  }
}

/**
 * Full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015): gateways that lost one registry do not come back in step.
 * The first retry is at most 100 ms away, so that an adapter that goes round its servers finds a live one soon.
 */
export function fullJitter(random: () => number, baseMs = 100, capMs = 5000): (failures: number) => number {
  return (failures) => random() * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 20))
}
