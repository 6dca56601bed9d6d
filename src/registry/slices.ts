import { setImmediate } from 'node:timers/promises'

/** Little work: what else the process has to do waits no longer. */
const SLICE = 1000

/** Lists of consecutive items whose sizes add up to about a thousand. */
export function* slices<Item>(items: Iterable<Item>, sizeOf: (item: Item) => number): Generator<readonly Item[]> {
  let slice: Item[] = []
  let size = 0
  for (const item of items) {
    slice.push(item)
    size += 1 + sizeOf(item)
    if (size < SLICE) continue
    yield slice
    slice = []
    size = 0
  }
  if (slice.length > 0) yield slice
}

/** Calls `work` with each of `all` as soon as it is made, and lets the process do something else in between. */
export async function inTurns<Item>(all: Iterable<Item>, work: (item: Item) => void): Promise<void> {
  for (const item of all) {
    work(item)
    await setImmediate()
  }
}
