import type { Instance, Logger } from '../../src/plugin/index.ts'
import type { Layout } from './layouts/index.ts'
import type { Znode } from './link.ts'

interface Entry {
  readonly node: Znode
  readonly instance: Instance | undefined
}

/**
 * Nodes read as instances. Outlives links: a node that is the same after a resync gives the same object, and is
 * complained about no second time.
 */
export class Instances {
  readonly #layout: Layout
  readonly #log: Logger
  readonly #entries = new Map<string, Entry>()
  readonly #told = new Set<string>()

  constructor(layout: Layout, log: Logger) {
    this.#layout = layout
    this.#log = log
  }

  /** The instance a node stands for; `undefined`, after a warning, when it stands for none. */
  at(path: string, node: Znode): Instance | undefined {
    const known = this.#entries.get(path)
    if (known && same(known.node, node)) return known.instance
    const instance = this.#read(path, node)
    this.#entries.set(path, { node, instance })
    return instance
  }

  forget(path: string): void {
    this.#entries.delete(path)
  }

  keepOnly(paths: Iterable<string>): void {
    const kept = new Set(paths)
    for (const path of this.#entries.keys()) if (!kept.has(path)) this.#entries.delete(path)
  }

  /** Warns once in a lifetime: for what is wrong with a path itself, and not with one state of its data. */
  tellOnce(path: string, reason: string): void {
    if (this.#told.has(path)) return
    this.#told.add(path)
    this.#log.warn({ path, reason }, `${path} left out: ${reason}`)
  }

  #read(path: string, { data, stat }: Znode): Instance | undefined {
    try {
      const instance = this.#layout(path.slice(path.lastIndexOf('/') + 1), data)
      return { ...instance, registeredAt: Number(stat.ctime.readBigInt64BE()) }
    } catch (error) {
      const reason = (error as Error).message
      this.#log.warn({ path, reason }, `${path} left out: ${reason}`)
      return undefined
    }
  }
}

/**
 * The name and `version` are the same again after a deletion and re-creation; the transaction ids are not. They are
 * after a server has lost its data and counts from zero again: hence the data too.
 */
function same(a: Znode, b: Znode): boolean {
  return (
    a.stat.czxid.equals(b.stat.czxid) &&
    a.stat.mzxid.equals(b.stat.mzxid) &&
    (a.data && b.data ? a.data.equals(b.data) : a.data === b.data)
  )
}
