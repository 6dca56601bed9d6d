import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 20_000
const POLL_MS = 10

/**
 * Resolves with what `probe` says once it says something: anything but undefined, null and false.
 *
 * @param what names the condition in the error that ends the wait
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const said = await probe()
    if (said !== undefined && said !== null && said !== false) return said as Exclude<T, undefined | null | false>
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`)
    await sleep(POLL_MS)
  }
}

/** Tries until it succeeds, for at most 20 s. */
export async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + 20_000
  for (;;)
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(POLL_MS)
    }
}
