import type { Complaints } from './complaints.ts'
import type { Znode } from './get-data.ts'
import type { Reader } from './layouts/layout.ts'
import { Gate, slices } from './limit.ts'
import { Denied, type Link } from './link.ts'
import type { Watcher } from './watches.ts'

/** More is no faster, and blocks the event loop; a server queues 1000 requests of all its clients together. */
const READS_AT_ONCE = 256
const SLICE_MS = 8

/** Who is told that a watch has fired: one function for all paths, for a function each would take more than the instance. */
export interface Watchers {
  readonly onChildren: Watcher
  readonly onData: Watcher
}

/** The reading end of a link: what a read gives, leaves a watch for its next change. */
export class Source {
  readonly reader: Reader
  readonly complaints: Complaints
  readonly #link: Link
  readonly #watchers: Watchers
  readonly #gate = new Gate(READS_AT_ONCE)
  readonly #pause = slices(SLICE_MS)

  constructor(link: Link, reader: Reader, complaints: Complaints, watchers: Watchers) {
    this.#link = link
    this.reader = reader
    this.complaints = complaints
    this.#watchers = watchers
  }

  /** `undefined`, and no watch, when there is no such node. */
  children(path: string): Promise<string[] | Denied | undefined> {
    return this.#read(() => this.#link.children(path, this.#watchers.onChildren))
  }

  /** `undefined` when there is no such node, and a watch for its creation, which `onChildren` hears of. */
  async childrenOrWatch(path: string): Promise<string[] | Denied | undefined> {
    for (;;) {
      const names = await this.children(path)
      // Only `exists` leaves a watch on what is not there. What it finds was created between the two calls.
      if (names || !(await this.#read(() => this.#link.exists(path, this.#watchers.onChildren)))) return names
    }
  }

  /** `undefined`, and no watch, when there is no such node. */
  node(path: string): Promise<Znode | Denied | undefined> {
    return this.#read(() => this.#link.node(path, this.#watchers.onData))
  }

  /** What it throws is wrong with the link and not with a path. */
  async #read<Answer>(read: () => Promise<Answer>): Promise<Answer | Denied> {
    await this.#gate.enter()
    try {
      const answer = await read()
      const pause = this.#pause()
      if (pause) await pause
      return answer
    } catch (error) {
      if (error instanceof Denied) return error
      throw error
    } finally {
      this.#gate.leave()
    }
  }
}
