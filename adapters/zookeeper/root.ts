import type { Nest } from './children.ts'
import { Denied } from './link.ts'
import { under } from './paths.ts'
import { restMs } from './service.ts'
import type { Source } from './source.ts'

/** The node whose children are the services. It may be missing. */
export class Root {
  due = true
  readonly #source: Source
  readonly #path: string
  readonly #nest: Nest
  readonly #known = new Set<string>()
  readonly #bad = new Set<string>()
  #notBeforeMs = 0

  constructor(source: Source, path: string, nest: Nest) {
    this.#source = source
    this.#path = path
    this.#nest = nest
  }

  /** For how long not to read what is due; 0 also when nothing is. */
  waitMs(nowMs: number): number {
    return this.due ? Math.max(0, this.#notBeforeMs - nowMs) : 0
  }

  /** @throws Denied when it may not be read: then nobody knows what there is */
  async read(nowMs: number): Promise<void> {
    this.due = false
    const names = (await this.#source.childrenOrWatch(this.#path)) ?? []
    if (names instanceof Denied) throw names
    this.#notBeforeMs = nowMs + restMs(names)
    const listed = new Set(names)
    for (const name of this.#known) if (!listed.has(name)) this.#lose(name)
    for (const name of names) if (!this.#known.has(name)) this.#find(name)
  }

  /** It was found gone before it was listed: if it is listed again it is found again. */
  forget(name: string): void {
    this.#known.delete(name)
  }

  #find(name: string): void {
    this.#known.add(name)
    try {
      this.#nest.found(name)
    } catch (error) {
      this.#bad.add(name)
      this.#source.complaints.about(under(this.#path, name), (error as Error).message)
    }
  }

  #lose(name: string): void {
    this.#known.delete(name)
    if (this.#bad.delete(name)) this.#source.complaints.settled(under(this.#path, name))
    else this.#nest.lost(name)
  }
}
