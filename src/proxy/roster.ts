/** One of a `Roster`, to which its place belongs. Begins with -1. */
export interface Member {
  place: number
}

/**
 * Who is there, where many come and go. A `Set` does not do for them: it makes itself a new table now and then, and each former
 * one keeps the next alive, and with it whoever was there at the time, until the next full collection.
 */
export class Roster<T extends Member> {
  readonly #members: T[] = []

  get size(): number {
    return this.#members.length
  }

  add(member: T): void {
    member.place = this.#members.push(member) - 1
  }

  /** Harmless for one that is not there. */
  remove(member: T): void {
    const { place } = member
    if (place < 0) return
    member.place = -1
    const last = this.#members.pop()!
    if (last === member) return
    this.#members[place] = last
    last.place = place
  }

  /** Those who are there now, in no order. */
  all(): T[] {
    return this.#members.slice()
  }
}
