/** A binary heap: what is due first comes first. */
export class DueQueue<Item extends { readonly dueMs: number }> {
  readonly #heap: Item[] = []

  /** The first one, which stays. */
  get first(): Item | undefined {
    return this.#heap[0]
  }

  /** `dueMs` must not change while the item is in here. */
  add(item: Item): void {
    let at = this.#heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#heap[parent]!.dueMs <= item.dueMs) break
      this.#heap[at] = this.#heap[parent]!
      at = parent
    }
    this.#heap[at] = item
  }

  /** Takes the first one out. */
  take(): Item | undefined {
    const [first, last] = [this.#heap[0], this.#heap.pop()]
    if (this.#heap.length > 0) this.#sink(last!)
    return first
  }

  #sink(item: Item): void {
    const heap = this.#heap
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1]!.dueMs < heap[child]!.dueMs) child++
      if (item.dueMs <= heap[child]!.dueMs) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = item
  }
}
