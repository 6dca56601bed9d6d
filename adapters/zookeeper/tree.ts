import { setTimeout as sleep } from 'node:timers/promises'
import { isServiceName, SERVICE_NAME, type SharedView } from '../../src/plugin/index.ts'
import { Alarm } from './alarm.ts'
import { Bell } from './bell.ts'
import type { Nest } from './children.ts'
import type { Complaints } from './complaints.ts'
import type { Reader } from './layouts/index.ts'
import { inLanes } from './limit.ts'
import type { Link } from './link.ts'
import { nameOf, parentOf, under } from './paths.ts'
import { Root } from './root.ts'
import { Roster } from './roster.ts'
import type { Selection } from './selection.ts'
import { Service } from './service.ts'
import { Source } from './source.ts'

/** Between two flushes: long enough to make one of a burst, short beside the time a provider takes to start. */
const PAUSE_MS = 20
const SERVICES_AT_ONCE = 32
/** No watch tells that an ACL was mended. */
const DENIED_AGAIN_MS = 30_000
const DEEPEST = 8

export interface Wish {
  readonly root: string
  readonly selection: Selection
  /** Whether services may lie below services. */
  readonly nested: boolean
  readonly reader: Reader
}

/**
 * What lies below the root, as one link sees it. A watch only marks its path as due; reading a path, and nothing else,
 * arms its watch again: so no change falls between the two. What a change costs depends on the service that changed.
 */
export class Tree {
  readonly #link: Link
  readonly #wish: Wish
  readonly #source: Source
  readonly #roster: Roster
  readonly #root: Root | undefined
  readonly #byPath = new Map<string, Service>()
  readonly #due = new Set<Service>()
  readonly #denied = new Set<Service>()
  readonly #bell = new Bell()
  readonly #ripening = new Alarm(() => this.#bell.ring())
  readonly #mending = new Alarm(() => this.#stirDenied())
  #found: Service[] = []
  #complete = false
  #readMs = Number.NEGATIVE_INFINITY

  /** The arrays of `before`, the last view of the link before, live on where nothing has changed. */
  constructor(link: Link, wish: Wish, complaints: Complaints, before: SharedView) {
    this.#link = link
    this.#wish = wish
    this.#roster = new Roster(complaints, before)
    this.#source = new Source(link, wish.reader, complaints, { onChildren: this.#onChildren, onData: this.#onData })
    complaints.rereading()
    // Of a nested name nobody knows where it is: `a.b` may be /a/b.
    const names = wish.nested ? undefined : wish.selection.names
    if (!names) this.#root = new Root(this.#source, wish.root, this.#nest(wish.root, '', 0))
    for (const name of names ?? []) this.#add(under(wish.root, name), name, 1)
    link.down.addEventListener('abort', () => this.#rest(), { once: true })
  }

  /**
   * Reads what is due: at first everything.
   *
   * @throws Error why the link is down, or that the root may not be read
   */
  async read(): Promise<SharedView> {
    const nowMs = performance.now()
    if (this.#root?.due && this.#ripe(this.#root, nowMs)) await this.#root.read(nowMs)
    const due = this.#takeDue(nowMs)
    await inLanes(due, SERVICES_AT_ONCE, (service) => this.#read(service, nowMs))
    // Services that are found below others are read as well; no deeper than they may be nested.
    for (let found = this.#takeFound(); found.length > 0; found = this.#takeFound())
      await inLanes(found, SERVICES_AT_ONCE, (service) => this.#read(service, nowMs))
    if (!this.#complete) this.#completed()
    this.#readMs = performance.now()
    return this.#roster.view()
  }

  /** Resolves when something is due, but not right after a reading; rejects with the reason when the link goes down. */
  async stirred(): Promise<void> {
    const { down } = this.#link
    await this.#bell.heard(down)
    const restMs = this.#readMs + PAUSE_MS - performance.now()
    if (restMs > 0) await sleep(restMs, undefined, { signal: down }).catch(() => down.throwIfAborted())
  }

  #completed(): void {
    this.#complete = true
    this.#roster.complete()
    this.#source.complaints.reread()
  }

  async #read(service: Service, nowMs: number): Promise<void> {
    await service.read(nowMs)
    if (this.#byPath.get(service.path) !== service) return service.drop() // lost while it was being read
    this.#roster.say(service)
    this.#noteDenied(service)
    if (!service.gone || service.awaited) return
    // The watch of what it lies below has fired, and tells of its return as well.
    this.#root?.forget(nameOf(service.path))
    this.#drop(service)
  }

  readonly #onChildren = (path: string) => {
    if (this.#root && path === this.#wish.root) this.#root.due = true
    else this.#stirList(this.#byPath.get(path) ?? this.#byPath.get(parentOf(path)))
    this.#bell.ring()
  }

  readonly #onData = (path: string) => {
    const parent = parentOf(path)
    const own = this.#byPath.get(path)
    const holder = this.#byPath.get(parent) ?? this.#byPath.get(parentOf(parent))
    if (own?.stirOwn()) this.#due.add(own)
    if (holder?.base === parent && holder.stirChild(nameOf(path))) this.#due.add(holder)
    this.#bell.ring()
  }

  #stirList(service: Service | undefined): void {
    if (!service) return
    service.stirList()
    this.#due.add(service)
  }

  #noteDenied(service: Service): void {
    if (!service.denied) return void this.#denied.delete(service)
    this.#denied.add(service)
    this.#mending.within(DENIED_AGAIN_MS)
  }

  #stirDenied(): void {
    for (const service of this.#denied) {
      service.stirDenied()
      this.#due.add(service)
    }
    this.#bell.ring()
  }

  /** Whether what is due may be read; if not it is heard of again when it may. */
  #ripe(what: Root | Service, nowMs: number): boolean {
    const waitMs = what.waitMs(nowMs)
    if (waitMs > 0) this.#ripening.within(waitMs)
    return waitMs === 0
  }

  #takeDue(nowMs: number): Service[] {
    const all = [...this.#due]
    for (const service of all) if (this.#ripe(service, nowMs)) this.#due.delete(service)
    return [...this.#takeFound(), ...all.filter((service) => service.due(nowMs))]
  }

  #takeFound(): Service[] {
    const found = this.#found
    this.#found = []
    return found.filter((service) => this.#byPath.get(service.path) === service)
  }

  /** What becomes of the children of a node that may be services. */
  #nest(path: string, name: string, depth: number): Nest {
    const { selection } = this.#wish
    return {
      found: (child) => {
        const at = under(path, child)
        const called = name ? `${name}.${child}` : child
        const wanted = selection.wants(called) || (this.#wish.nested && selection.wantsBelow(called))
        if (!wanted || this.#byPath.has(at)) return
        if (depth === DEEPEST) throw new Error(`it is nested more than ${DEEPEST} deep`)
        if (!isServiceName(called)) throw new Error(`not a service name (${SERVICE_NAME.source})`)
        this.#add(at, called, depth + 1)
      },
      lost: (child) => {
        const service = this.#byPath.get(under(path, child))
        if (service) this.#drop(service)
      },
    }
  }

  #add(path: string, name: string, depth: number): void {
    const service = new Service(this.#source, {
      path,
      name,
      awaited: !this.#root,
      folder: !this.#wish.selection.wants(name),
      before: this.#roster.before(name),
      nest: this.#wish.nested ? this.#nest(path, name, depth) : undefined,
    })
    this.#byPath.set(path, service)
    this.#roster.add(service)
    this.#found.push(service)
  }

  #drop(service: Service): void {
    this.#byPath.delete(service.path)
    this.#due.delete(service)
    this.#denied.delete(service)
    this.#roster.remove(service)
    service.drop()
  }

  /** The reason why the link is down is kept for people, and by its stack trace the link and this. */
  #rest(): void {
    this.#ripening.stop()
    this.#mending.stop()
    this.#byPath.clear()
    this.#denied.clear()
    this.#due.clear()
  }
}
