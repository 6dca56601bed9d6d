import type { Instance } from '../../src/plugin/index.ts'
import { broken, childReading, type Held, held, readingOf } from './held.ts'
import { combined, type Reading } from './layouts/index.ts'
import { inLanes } from './limit.ts'
import { Denied, type Znode } from './link.ts'
import { under } from './paths.ts'
import { keptOne } from './same.ts'
import { orDenied, type Source } from './source.ts'

const LANES = 64

/** Stands for a child that is known by its name only. */
const UNREAD: Reading = { instances: [] }
/** Stands for a child that is a service of its own. */
const BRANCH: Reading = { instances: [] }

/** Whom to tell of children that are services themselves. */
export interface Nest {
  /** @throws Error that says why it can be none */
  found(child: string): void
  /** Also told of what was never found. */
  lost(child: string): void
}

/** The nodes under which the instances of one service are. */
export class Children {
  readonly #source: Source
  readonly #path: string
  readonly #nest: Nest | undefined
  readonly #held = new Map<string, Held>()
  readonly #unread = new Set<string>()
  #denied = new Set<string>()
  #bad = new Set<string>()
  /** By id, until all have been read once. */
  #before: ReadonlyMap<string, Instance> | undefined

  constructor(source: Source, path: string, before: readonly Instance[], nest?: Nest) {
    this.#source = source
    this.#path = path
    this.#nest = nest
    this.#before = new Map(before.map((one) => [one.id, one]))
  }

  /** Whether there are some, and all are services. */
  get onlyServices(): boolean {
    if (!this.#nest || this.#held.size === 0) return false
    for (const one of this.#held.values()) if (one !== BRANCH) return false
    return true
  }

  get unread(): boolean {
    return this.#unread.size > 0
  }

  /** @returns whether there is such a child */
  stir(name: string): boolean {
    if (!this.#held.has(name)) return false
    this.#unread.add(name)
    return true
  }

  /** Those that were not allowed to be read. @returns whether there are any */
  stirDenied(): boolean {
    for (const name of this.#denied) this.#unread.add(name)
    return this.#denied.size > 0
  }

  get denied(): boolean {
    return this.#denied.size > 0
  }

  listed(names: readonly string[]): void {
    const listed = new Set(names)
    for (const name of this.#held.keys()) if (!listed.has(name)) this.#drop(name)
    for (const name of names) if (!this.#held.has(name)) this.#add(name)
  }

  clear(): void {
    this.listed([])
    this.combine()
  }

  async read(): Promise<void> {
    const due = [...this.#unread]
    this.#unread.clear()
    await inLanes(due, Math.min(due.length, LANES), (name) => this.#readOne(name))
    this.#before = undefined
  }

  /** In the order of their names. Of two that claim one address the first has it. */
  combine(own?: Reading): readonly Instance[] {
    const bad = new Set<string>()
    const seen = new Set<string>()
    const parts = own ? [own] : []
    for (const name of [...this.#held.keys()].sort()) {
      const part = readingOf(this.#held.get(name)!)
      const first = part.instances.filter(({ id }) => !seen.has(id))
      const wrong = part.broken ?? []
      if (first.length < part.instances.length || wrong.length > 0) {
        const twice = part.instances.filter(({ id }) => seen.has(id)).map(({ id }) => `${id} is registered twice`)
        this.#source.complaints.about(this.#at(name), [...wrong, ...twice].join('; '))
        bad.add(name)
      }
      for (const { id } of first) seen.add(id)
      parts.push(first.length < part.instances.length ? { ...part, instances: first } : part)
    }
    for (const name of this.#bad) if (!bad.has(name)) this.#source.complaints.settled(this.#at(name))
    this.#bad = bad
    return combined(parts)
  }

  async #readOne(name: string): Promise<void> {
    const node = await orDenied(this.#source.node(this.#at(name)))
    this.#denied.delete(name)
    // Gone since it was listed leaves no watch here, but the parent's has fired: it is listed again in a moment.
    if (!node) return this.#drop(name)
    if (node instanceof Denied) this.#denied.add(name)
    this.#held.set(name, node instanceof Denied ? broken(node.message) : this.#lean(name, this.#reading(name, node)))
  }

  #reading(name: string, node: Znode): Reading {
    const said = childReading(this.#source.reader, name, node)
    if (!this.#nest || !isService(node, said)) {
      this.#nest?.lost(name)
      return said
    }
    try {
      this.#nest.found(name)
      return node.data?.length && node.stat.numChildren === 0 ? said : BRANCH
    } catch (error) {
      return broken((error as Error).message)
    }
  }

  /** With the objects there were before, where they say the same. */
  #lean(name: string, said: Reading): Held {
    if (said === BRANCH) return said
    const before = readingOf(this.#held.get(name) ?? UNREAD).instances
    const known = (id: string) => before.find((one) => one.id === id) ?? this.#before?.get(id)
    return held({ ...said, instances: said.instances.map((one) => keptOne(known(one.id), one)) })
  }

  /** Held from now on, so that its watch may fire while its reading waits for its turn. */
  #add(name: string): void {
    this.#held.set(name, UNREAD)
    this.#unread.add(name)
  }

  #drop(name: string): void {
    this.#held.delete(name)
    this.#unread.delete(name)
    this.#denied.delete(name)
    this.#nest?.lost(name)
  }

  #at(name: string): string {
    return under(this.#path, name)
  }
}

/** An ephemeral node has no children. A persistent one that has some, or that says nothing by itself, is a service. */
function isService({ stat }: Znode, { instances, vectors }: Reading): boolean {
  if (stat.ephemeralOwner.some((byte) => byte !== 0)) return false
  return stat.numChildren > 0 || (instances.length === 0 && !vectors)
}
