/** Does the work for each item, for at most `count` of them at a time. After a failure, with which it rejects, no more is begun. */
export async function inTurns<Item>(
  count: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items]
  const worker = async () => {
    try {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
    } finally {
      left.length = 0
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker))
}
