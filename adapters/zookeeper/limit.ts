/** Runs at most `count` tasks at a time, the others in the order they came. */
export function atMost(count: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let running = 0
  const queue: (() => void)[] = []
  const turn = () => new Promise<void>((resolve) => queue.push(resolve))
  return async (task) => {
    if (running < count) running++
    else await turn()
    try {
      return await task()
    } finally {
      const next = queue.shift()
      next ? next() : running-- // the one that follows takes over this place
    }
  }
}

/** Runs `task` for each item, at most `count` at a time, and makes no promise for those whose turn has not come. */
export async function inLanes<Item>(
  items: Iterable<Item>,
  count: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]()
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await task(next.value)
  }
  await Promise.all(Array.from({ length: count }, lane))
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
