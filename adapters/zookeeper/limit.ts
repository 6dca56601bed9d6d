/** Lets `count` in at a time, the others in the order they came. */
export class Gate {
  readonly #queue: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /** Whoever has entered must leave. */
  enter(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise((resolve) => this.#queue.push(resolve))
    this.#free--
    return undefined
  }

  leave(): void {
    const next = this.#queue.shift()
    next ? next() : this.#free++ // the one that follows takes over this place
  }
}

/** Runs `task` for each item, at most `count` at a time, and makes no promise for those whose turn has not come. */
export async function inLanes<Item>(
  items: readonly Item[],
  count: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await task(next.value)
  }
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, lane))
}

/**
 * Keeps long work from blocking the event loop. What comes after `pause` runs at once as long as the work of this turn of
 * the loop has taken less than `sliceMs`, and else in the next turn.
 */
export function slices(sliceMs: number): () => Promise<void> | undefined {
  let since: number | undefined
  return () => {
    const now = performance.now()
    if (since === undefined) {
      since = now
      setImmediate(() => {
        since = undefined
      })
    }
    return now - since < sliceMs ? undefined : new Promise((resolve) => setImmediate(resolve))
  }
}
