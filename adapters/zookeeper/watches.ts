/** Is told that the watch on `path` has fired. Must not throw, and be cheap: it runs while the socket is read. */
export type Watcher = (path: string) => void

/** The library's types know of its own manager, which tells a watcher something else. It passes any function on. */
export const handed = (watcher: Watcher) => watcher as unknown as () => void

/** What the server says: a type of `Event` of the library, and where. */
export interface WatchEvent {
  readonly type: number
  readonly path: string
}

const [CREATED, DELETED, DATA_CHANGED, CHILDREN_CHANGED] = [1, 2, 3, 4] as const

/**
 * Takes the place of the library's `WatcherManager`, which keeps an emitter with an array of functions for each path.
 * Here a path has one watcher of each kind, the last that was set, and the watcher is told which path it was: so that many
 * paths can share one.
 */
export class Watches {
  readonly #data = new Map<string, Watcher>()
  readonly #children = new Map<string, Watcher>()
  readonly #existence = new Map<string, Watcher>()

  /** Paths that are watched, each as often as it is in a different way. */
  get size(): number {
    return this.#data.size + this.#children.size + this.#existence.size
  }

  registerDataWatcher(path: string, watcher: Watcher): void {
    this.#data.set(path, watcher)
  }

  registerChildWatcher(path: string, watcher: Watcher): void {
    this.#children.set(path, watcher)
  }

  registerExistenceWatcher(path: string, watcher: Watcher): void {
    this.#existence.set(path, watcher)
  }

  getDataWatcherPaths(): string[] {
    return [...this.#data.keys()]
  }

  getChildWatcherPaths(): string[] {
    return [...this.#children.keys()]
  }

  getExistenceWatcherPaths(): string[] {
    return [...this.#existence.keys()]
  }

  isEmpty(): boolean {
    return this.size === 0
  }

  /**
   * A watch fires once; which kinds an event fires is as in `DataTree` of the server.
   *
   * @throws Error when the server says what this client does not know
   */
  emit({ type, path }: WatchEvent): void {
    for (const watches of this.#firedBy(type)) {
      const watcher = watches.get(path)
      watches.delete(path)
      watcher?.(path)
    }
  }

  #firedBy(type: number): readonly Map<string, Watcher>[] {
    if (type === CREATED || type === DATA_CHANGED) return [this.#data, this.#existence]
    if (type === DELETED) return [this.#data, this.#children]
    if (type === CHILDREN_CHANGED) return [this.#children]
    throw new Error(`unknown watch event ${type}`)
  }
}
