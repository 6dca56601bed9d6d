import { setImmediate } from 'node:timers/promises'
import type { Instance } from '../../src/plugin/index.ts'
import { Children, type Nest } from './children.ts'
import { broken, NOTHING, ownReading } from './held.ts'
import type { Reading } from './layouts/index.ts'
import { Denied } from './link.ts'
import { kept } from './same.ts'
import type { Source } from './source.ts'

/** More children of one service are not read. */
export const MOST_CHILDREN = 10_000
/** A list is not read again before a millisecond for so many of its names has passed: it leaves time for the others. */
const NAMES_PER_MS = 40

export interface Place {
  readonly path: string
  readonly name: string
  /** Named in the options: it may be missing, and its creation is waited for. */
  readonly awaited?: boolean
  /** Looked into for others, but not itself in the view. */
  readonly folder?: boolean
  /** What was known of it before the link: lives on as long as it says the same. */
  readonly before: readonly Instance[]
  /** Where services may lie below it. */
  readonly nest?: Nest | undefined
}

/** A node and its children, as one link sees them. A watch only marks; reading, and nothing else, arms it again. */
export class Service {
  readonly path: string
  readonly name: string
  readonly awaited: boolean
  /** `undefined`: no such service. */
  list: readonly Instance[] | undefined
  gone = false
  /** The path whose children are its instances. */
  base: string
  readonly #source: Source
  readonly #place: Place
  #before: readonly Instance[]
  #children: Children
  #own: Reading | undefined
  #listDue = true
  #ownDue = false
  #notBeforeMs = 0
  #denied = false
  #complained = false

  constructor(source: Source, place: Place) {
    const { path, name, awaited = false, before } = place
    this.path = path
    this.name = name
    this.awaited = awaited
    this.base = path
    this.#source = source
    this.#place = place
    this.#before = before
    this.#children = this.#childrenAt(path)
  }

  stirList(): void {
    this.#listDue = true
  }

  /** @returns whether anybody reads the data of the service node */
  stirOwn(): boolean {
    this.#ownDue = this.#own !== undefined
    return this.#ownDue
  }

  /** @returns whether there is such a child */
  stirChild(name: string): boolean {
    return this.#children.stir(name)
  }

  /** What an ACL has hidden is to be tried again: no watch tells that it was mended. */
  stirDenied(): void {
    this.#listDue ||= this.#denied
    this.#children.stirDenied()
  }

  get denied(): boolean {
    return this.#denied || this.#children.denied
  }

  /** Whether there is something to read now. */
  due(nowMs: number): boolean {
    return this.#children.unread || this.#ownDue || (this.#listDue && nowMs >= this.#notBeforeMs)
  }

  /** For how long not to read the list; 0 also when it need not be read. */
  waitMs(nowMs: number): number {
    return this.#listDue ? Math.max(0, this.#notBeforeMs - nowMs) : 0
  }

  /** Reads what is due: at first everything. */
  async read(nowMs: number): Promise<void> {
    if (this.#listDue && nowMs >= this.#notBeforeMs) await this.#readList(nowMs)
    if (this.gone || this.#denied) return
    if (this.#ownDue) await this.#readOwn()
    await this.#children.read()
    const list = kept(this.#before, this.#children.combine(this.#own))
    this.#before = list
    this.list = this.#place.folder || this.#children.onlyServices ? undefined : list
  }

  drop(): void {
    this.#children.clear()
    this.#settled()
  }

  async #readList(nowMs: number): Promise<void> {
    this.#listDue = false
    const names = await this.#listed()
    this.#denied = names instanceof Denied
    this.gone = !names
    if (!names || names instanceof Denied) {
      this.#clear()
      if (names) this.#complain(names.message)
      return
    }
    this.#notBeforeMs = nowMs + restMs(names)
    if (names.length > MOST_CHILDREN) {
      const reason = `all but the first ${MOST_CHILDREN} of its ${names.length} children`
      this.#complain(reason, 'too many children')
    } else this.#settled()
    this.#children.listed(await first(names, MOST_CHILDREN))
    this.#ownDue ||= this.#source.reader.ownData && names.length === 0
    if (names.length > 0) this.#own = undefined
  }

  /** The names of what may be instances: children of this node, or of the one below it that holds them. */
  async #listed(): Promise<string[] | Denied | undefined> {
    const { reader } = this.#source
    const names = await (this.awaited ? this.#source.childrenOrWatch(this.path) : this.#source.children(this.path))
    if (!names || names instanceof Denied) return names
    const below = reader.below?.(names)
    const base = below === undefined ? this.path : `${this.path}/${below}`
    if (base !== this.base) {
      this.#children.clear()
      this.base = base
      this.#children = this.#childrenAt(base)
    }
    return below === undefined ? names : ((await this.#source.children(base)) ?? [])
  }

  async #readOwn(): Promise<void> {
    this.#ownDue = false
    this.#own ??= NOTHING // read from now on: its watch may fire before it is used
    const node = await this.#source.node(this.path)
    if (!node) return
    const said = node instanceof Denied ? broken(node.message) : ownReading(this.#source.reader, node)
    this.#own = said
    if (said.broken) this.#complain(said.broken.join('; '))
    else this.#settled()
  }

  #clear(): void {
    this.#children.clear()
    this.#own = undefined
    this.#before = []
    this.list = undefined
  }

  #childrenAt(path: string): Children {
    return new Children(this.#source, path, this.#before, this.#place.nest)
  }

  #complain(reason: string, kind?: string): void {
    this.#complained = true
    this.#source.complaints.about(this.path, reason, kind)
  }

  #settled(): void {
    if (this.#complained) this.#source.complaints.settled(this.path)
    this.#complained = false
  }
}

export function restMs(names: readonly string[]): number {
  return names.length / NAMES_PER_MS
}

/** The first by name; of many in parts, for sorting 50,000 at once would hold up everything else. */
async function first(names: readonly string[], count: number): Promise<readonly string[]> {
  if (names.length <= count) return names
  let chosen: string[] = []
  for (let at = 0; at < names.length; at += count / 2) {
    const last = chosen[count - 1]
    const part = names.slice(at, at + count / 2).filter((name) => last === undefined || name < last)
    chosen = [...chosen, ...part].sort().slice(0, count)
    await setImmediate()
  }
  return chosen
}
