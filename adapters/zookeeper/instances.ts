import type { Logger } from '../../src/plugin/index.ts'
import type { Reader, Reading } from './layouts/index.ts'
import type { Znode } from './link.ts'

interface Entry {
  readonly node: Znode
  readonly reading: Reading | undefined
}

/**
 * Nodes read as instances. Outlives links: a node that is the same after a resync gives the same object, and is
 * complained about no second time.
 */
export class Instances {
  readonly #reader: Reader
  readonly #log: Logger
  readonly #entries = new Map<string, Entry>()
  readonly #told = new Set<string>()

  constructor(reader: Reader, log: Logger) {
    this.#reader = reader
    this.#log = log
  }

  /** What a node stands for; `undefined`, after a warning, when that is nothing. */
  at(path: string, node: Znode): Reading | undefined {
    const known = this.#entries.get(path)
    if (known && same(known.node, node)) return known.reading
    const reading = this.#read(path, node)
    this.#entries.set(path, { node, reading })
    return reading
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
    this.#warn(path, reason)
  }

  #read(path: string, { data, stat }: Znode): Reading | undefined {
    try {
      const reading = this.#reader.child(path.slice(path.lastIndexOf('/') + 1), data)
      for (const reason of reading.broken ?? []) this.#warn(path, reason)
      const registeredAt = Number(stat.ctime.readBigInt64BE())
      return { ...reading, instances: reading.instances.map((one) => ({ ...one, registeredAt })) }
    } catch (error) {
      this.#warn(path, (error as Error).message)
      return undefined
    }
  }

  #warn(path: string, reason: string): void {
    this.#log.warn({ path, reason }, `${path} left out: ${reason}`)
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
