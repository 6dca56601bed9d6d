import type { Instance } from '../../src/plugin/index.ts'
import type { Znode } from './get-data.ts'
import { broken, childReading, type Held, held, NOTHING, readingOf } from './held.ts'
import { combined, prevails, type Reading } from './layouts/index.ts'
import { inLanes } from './limit.ts'
import { Denied } from './link.ts'
import { under } from './paths.ts'
import { keptOne } from './same.ts'
import type { Source } from './source.ts'

const LANES = 64

/** Most services need none of their own, and there are many services. */
const NONE: ReadonlySet<string> = new Set()

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
  /** Found to be gone before the list said so: it may know one of that name again, which has no watch yet. */
  #vanished: Set<string> | undefined
  #denied = NONE
  #bad = NONE
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

  /** Those that were not allowed to be read. */
  stirDenied(): void {
    for (const name of this.#denied) this.stir(name)
  }

  /** Whether some were not allowed to be read. */
  get denied(): boolean {
    return this.#denied.size > 0
  }

  listed(names: readonly string[]): void {
    const listed = new Set(names)
    for (const name of this.#held.keys()) if (!listed.has(name)) this.#drop(name)
    for (const name of names) {
      if (!this.#held.has(name)) this.#add(name)
      else if (this.#vanished?.has(name)) this.#unread.add(name)
    }
    this.#vanished = undefined
  }

  clear(): void {
    this.listed([])
    this.combine()
  }

  async read(): Promise<void> {
    const due = [...this.#unread]
    this.#unread.clear()
    const denied = new Set(this.#denied)
    await inLanes(due, LANES, (name) => this.#readOne(name, denied))
    for (const name of denied) if (!this.#held.has(name)) denied.delete(name)
    this.#denied = denied.size > 0 ? denied : NONE
    this.#before = undefined
  }

  /** All that they say, in the order of their names. */
  combine(own: Reading = NOTHING): readonly Instance[] {
    const named = [...this.#held.keys()].sort().map((name) => [name, readingOf(this.#held.get(name)!)] as const)
    this.#complain(named)
    return combined([own, ...named.map(([, reading]) => reading)])
  }

  #complain(named: readonly (readonly [name: string, reading: Reading])[]): void {
    const { complaints } = this.#source
    const bad = rivals(named)
    for (const [name, { broken = [] }] of named)
      if (broken.length > 0) bad.set(name, [...broken, ...(bad.get(name) ?? [])])
    for (const [name, reasons] of bad) complaints.about(this.#at(name), reasons.join('; '))
    for (const name of this.#bad) if (!bad.has(name)) complaints.settled(this.#at(name))
    this.#bad = bad.size > 0 ? new Set(bad.keys()) : NONE
  }

  async #readOne(name: string, denied: Set<string>): Promise<void> {
    const node = await this.#source.node(this.#at(name))
    if (!node) return this.#vanish(name)
    if (node instanceof Denied) denied.add(name)
    else denied.delete(name)
    this.#held.set(name, node instanceof Denied ? broken(node.message) : this.#lean(name, this.#reading(name, node)))
  }

  /** The parent's watch has fired, too. Until the list is read again it stays as it was: those who go together go at once. */
  #vanish(name: string): void {
    if (this.#held.get(name) === UNREAD) return void this.#drop(name)
    this.#vanished ??= new Set()
    this.#vanished.add(name)
  }

  #reading(name: string, node: Znode): Reading {
    const said = childReading(this.#source.reader, name, node)
    if (!this.#nest || !isService(node, said)) {
      this.#nest?.lost(name)
      return said
    }
    try {
      this.#nest.found(name)
      return node.data?.length && node.children === 0 ? said : BRANCH
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
    this.#nest?.lost(name)
  }

  #at(name: string): string {
    return under(this.#path, name)
  }
}

/** An ephemeral node has no children. A persistent one that has some, or that says nothing by itself, is a service. */
function isService({ isEphemeral, children }: Znode, { instances, vectors }: Reading): boolean {
  if (isEphemeral) return false
  return children > 0 || (instances.length === 0 && !vectors)
}

/** Who claims an address that somebody else has. */
function rivals(named: readonly (readonly [name: string, reading: Reading])[]): Map<string, string[]> {
  const holders = new Map<string, { readonly name: string; readonly instance: Instance }>()
  const losers = new Map<string, string[]>()
  for (const [name, { instances }] of named)
    for (const instance of instances) {
      const holder = holders.get(instance.id)
      const loser = holder && (prevails(instance, holder.instance) ? holder.name : name)
      if (loser !== name) holders.set(instance.id, { name, instance })
      if (loser !== undefined) losers.set(loser, [...(losers.get(loser) ?? []), `${instance.id} is registered twice`])
    }
  return losers
}
