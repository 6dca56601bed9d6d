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
