/**
 * Lets `count` in at a time, the others in the order they came. Where some wait they are let in by the half: what is asked
 * together is written, and answered, together.
 */
export class Gate {
  readonly #queue: (() => void)[] = []
  readonly #half: number
  #free: number

  constructor(count: number) {
    this.#free = count
    this.#half = Math.ceil(count / 2)
  }

  /** Whoever has entered must leave. */
  enter(): Promise<void> | undefined {
    if (this.#free === 0 || this.#queue.length > 0) return new Promise((resolve) => this.#queue.push(resolve))
    this.#free--
    return undefined
  }

  leave(): void {
    this.#free++
    if (this.#free < this.#half) return
    for (const next of this.#queue.splice(0, this.#free)) {
      this.#free--
      next()
    }
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
