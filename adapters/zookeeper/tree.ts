import { setTimeout as sleep } from 'node:timers/promises'
import { type Instance, isServiceName, type RegistryView, SERVICE_NAME } from '../../src/plugin/index.ts'
import { Bell } from './bell.ts'
import type { Instances } from './instances.ts'
import { atMost } from './limit.ts'
import { Denied, type Link } from './link.ts'
import { Service, type Source } from './service.ts'

/** Long enough to make one flush of a burst, short beside the time a provider takes to start. */
const COALESCE_MS = 20
/** More is no faster, and blocks the event loop; a server queues 1000 requests of all its clients together. */
const CONCURRENCY = 128

/**
 * `<root>/<service>/<instance>` as one link sees it. A watch only marks its path as dirty; reading a path, and nothing
 * else, arms its watch again: so no change falls between the two.
 */
export class Tree {
  readonly #link: Link
  readonly #root: string
  readonly #instances: Instances
  readonly #source: Source
  readonly #bell = new Bell()
  readonly #services = new Map<string, Service>()
  readonly #dirty = new Set<string>()
  #before: RegistryView
  readonly #view = new Map<string, readonly Instance[]>()
  #rootDirty = true
  #complete = false

  /** The arrays of `before`, the last view of the link before, live on where nothing has changed. */
  constructor(link: Link, root: string, instances: Instances, before: RegistryView) {
    this.#link = link
    this.#root = root
    this.#instances = instances
    this.#before = before
    const atMostSome = atMost(CONCURRENCY)
    const limited: Source['limited'] = (path, read) => atMostSome(read).catch((error) => this.#denied(path, error))
    this.#source = { link, instances, limited }
  }

  /**
   * Reads what is dirty: at first everything.
   *
   * @throws Error why the link is down
   */
  async read(): Promise<RegistryView> {
    if (this.#rootDirty) await this.#readRoot()
    const dirty = [...this.#dirty]
    this.#dirty.clear()
    await Promise.all(dirty.map((name) => this.#readService(name)))
    if (!this.#complete) this.#completed()
    return new Map(this.#view)
  }

  /** Resolves a moment after something became dirty; rejects with the reason when the link goes down. */
  async stirred(): Promise<void> {
    const { down } = this.#link
    await this.#bell.heard(down)
    await sleep(COALESCE_MS, undefined, { signal: down }).catch(() => down.throwIfAborted())
  }

  #completed(): void {
    this.#complete = true
    this.#before = new Map()
    this.#instances.keepOnly([...this.#services.values()].flatMap((service) => service.paths()))
  }

  async #readRoot(): Promise<void> {
    this.#rootDirty = false
    let names = await this.#link.children(this.#root, this.#rootStirred)
    // Only `exists` leaves a watch on what is not there. What it finds was created between the two calls.
    while (!names && (await this.#link.exists(this.#root, this.#rootStirred)))
      names = await this.#link.children(this.#root, this.#rootStirred)
    const listed = new Set(names?.filter((name) => this.#isService(name)))
    for (const name of this.#services.keys()) if (!listed.has(name)) this.#drop(name)
    for (const name of listed) if (!this.#services.has(name)) this.#add(name)
  }

  readonly #rootStirred = () => {
    this.#rootDirty = true
    this.#bell.ring()
  }

  async #readService(name: string): Promise<void> {
    const list = await this.#services.get(name)?.read()
    if (list) this.#view.set(name, list)
    // Gone since it was listed: the root's watch has fired, and tells of its return as well.
    else this.#drop(name)
  }

  #add(name: string): void {
    const stirred = () => {
      this.#dirty.add(name)
      this.#bell.ring()
    }
    this.#services.set(name, new Service(this.#source, this.#path(name), this.#before.get(name) ?? [], stirred))
    this.#dirty.add(name)
  }

  #drop(name: string): void {
    this.#services.get(name)?.drop()
    this.#services.delete(name)
    this.#view.delete(name)
  }

  #path(name: string): string {
    return this.#root === '/' ? `/${name}` : `${this.#root}/${name}`
  }

  #isService(name: string): boolean {
    if (isServiceName(name)) return true
    this.#instances.tellOnce(this.#path(name), `not a service name (${SERVICE_NAME.source})`)
    return false
  }

  #denied(path: string, error: unknown): undefined {
    if (!(error instanceof Denied)) throw error
    this.#instances.tellOnce(path, error.message)
  }
}
