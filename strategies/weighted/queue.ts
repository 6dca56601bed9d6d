import type { Endpoint } from '../../src/plugin/index.ts'

/** An endpoint that waits for its turn. */
export interface Turn {
  readonly endpoint: Endpoint
  readonly place: number
  /** Without what the picks since the schedule was made have brought. */
  credit: number
}

/** Endpoints of one weight, in the order of their credits. */
export interface Queue {
  readonly weight: number
  /** A ring: the order begins at `head`. */
  readonly turns: Turn[]
  head: number
}

export const headOf = ({ turns, head }: Queue) => turns[head]!
export const creditOf = (queue: Queue, picks: number) => headOf(queue).credit + queue.weight * picks
export const ahead = (one: Turn, other: Turn) => other.credit - one.credit || one.place - other.place

/** The head pays `total` and goes to the end, or before those that are further behind: after the total has become less. */
export function pay(queue: Queue, total: number): Turn {
  const { turns } = queue
  let at = queue.head
  const turn = turns[at]!
  turn.credit -= total
  queue.head = (at + 1) % turns.length
  while (at !== queue.head) {
    const before = (at + turns.length - 1) % turns.length
    if (ahead(turns[before]!, turn) < 0) break
    turns[at] = turns[before]!
    turns[before] = turn
    at = before
  }
  return turn
}
