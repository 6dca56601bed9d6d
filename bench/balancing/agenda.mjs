/** What is to happen, soonest first: a binary heap over `atMs`. */
export class Agenda {
  #heap = []

  /** Infinity when nothing is to happen. */
  get nextMs() {
    return this.#heap.length === 0 ? Number.POSITIVE_INFINITY : this.#heap[0].atMs
  }

  add(event) {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent].atMs <= event.atMs) break
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = event
  }

  /** Not to be called when nothing is to happen. */
  take() {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length > 0) this.#sink(last)
    return first
  }

  #sink(event) {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1].atMs < heap[child].atMs) child++
      if (heap[child].atMs >= event.atMs) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = event
  }
}
