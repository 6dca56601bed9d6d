import type { Instance } from '../../src/plugin/index.ts'
import type { Instances } from './instances.ts'
import { combined, prevails, type Reading } from './layouts/index.ts'
import type { Link } from './link.ts'

export interface Source {
  readonly link: Link
  readonly instances: Instances
  /** Runs a read when its turn has come. A path that may not be read is told of and is `undefined`, like one that is gone. */
  readonly limited: <Result>(path: string, read: () => Promise<Result>) => Promise<Result | undefined>
}

interface Child {
  dirty: boolean
  readonly watcher: () => void
  reading: Reading | undefined
}

/** `<root>/<service>` and its children, as one link sees them. Every path has one watcher for its whole life. */
export class Service {
  readonly #source: Source
  readonly #path: string
  readonly #stirred: () => void
  readonly #children = new Map<string, Child>()
  #list: readonly Instance[]

  /** `before` is kept as the list as long as it says the same. */
  constructor(source: Source, path: string, before: readonly Instance[], stirred: () => void) {
    this.#source = source
    this.#path = path
    this.#list = before
    this.#stirred = stirred
  }

  /** Reads the children's names, and the data of those that are new or changed; `undefined` when it is gone. */
  async read(): Promise<readonly Instance[] | undefined> {
    const { link, limited } = this.#source
    const names = await limited(this.#path, () => link.children(this.#path, this.#stirred))
    if (!names) return undefined
    const listed = new Set(names)
    for (const name of this.#children.keys()) if (!listed.has(name)) this.#drop(name)
    await Promise.all(names.map((name) => this.#readChild(name)))
    this.#list = this.#kept(this.#distinct())
    return this.#list
  }

  drop(): void {
    for (const name of this.#children.keys()) this.#drop(name)
  }

  paths(): string[] {
    return [...this.#children.keys()].map((name) => `${this.#path}/${name}`)
  }

  async #readChild(name: string): Promise<void> {
    const child = this.#children.get(name) ?? this.#add(name)
    if (!child.dirty) return
    child.dirty = false
    const path = `${this.#path}/${name}`
    const { link, limited, instances } = this.#source
    const node = await limited(path, () => link.node(path, child.watcher))
    // Gone since it was listed leaves no watch here, but the parent's has fired: it is listed again in a moment.
    if (node) child.reading = instances.at(path, node)
    else this.#drop(name)
  }

  #add(name: string): Child {
    const watcher = () => {
      child.dirty = true
      this.#stirred()
    }
    const child: Child = { dirty: true, watcher, reading: undefined }
    this.#children.set(name, child)
    return child
  }

  #drop(name: string): void {
    this.#children.delete(name)
    this.#source.instances.forget(`${this.#path}/${name}`)
  }

  /** In the order of their names. */
  #distinct(): readonly Instance[] {
    const children = [...this.#children].sort(([a], [b]) => (a < b ? -1 : 1))
    this.#tellOfRivals(children)
    return combined(children.flatMap(([, { reading }]) => reading ?? []))
  }

  #tellOfRivals(children: readonly [name: string, child: Child][]): void {
    const holders = new Map<string, readonly [name: string, instance: Instance]>()
    for (const [name, { reading }] of children)
      for (const instance of reading?.instances ?? []) {
        const holder = holders.get(instance.id)
        const loser = holder && (prevails(instance, holder[1]) ? holder[0] : name)
        if (loser !== name) holders.set(instance.id, [name, instance])
        if (loser !== undefined)
          this.#source.instances.tellOnce(`${this.#path}/${loser}`, `${instance.id} is registered twice`)
      }
  }

  #kept(list: readonly Instance[]): readonly Instance[] {
    const before = this.#list
    return list.length === before.length && list.every((one, index) => one === before[index]) ? before : list
  }
}
