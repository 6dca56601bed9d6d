import type { Instance, SharedView } from '../../src/plugin/index.ts'
import type { Complaints } from './complaints.ts'
import type { Service } from './service.ts'

type List = readonly Instance[] | undefined

/** Which path has which name, and what of it differs from the view that was yielded last. */
export class Roster {
  readonly #complaints: Complaints
  readonly #byName = new Map<string, Service>()
  /** With nesting `a.b` and `a/b` have one name. The first has it as long as it is there. */
  readonly #rivals = new Set<Service>()
  readonly #changes = new Map<string, List>()
  #view: SharedView

  /** @param before the last view of the link before: what it says the same lives on */
  constructor(complaints: Complaints, before: SharedView) {
    this.#complaints = complaints
    this.#view = before
  }

  /** What was last known under this name. */
  before(name: string): readonly Instance[] {
    return this.#view.get(name) ?? []
  }

  add(service: Service): void {
    const owner = this.#byName.get(service.name)
    if (!owner) return void this.#byName.set(service.name, service)
    this.#rivals.add(service)
    this.#complaints.about(service.path, `the service ${service.name} is at ${owner.path}`)
  }

  say(service: Service): void {
    if (this.#byName.get(service.name) === service) this.#say(service.name, service.list)
  }

  remove(service: Service): void {
    const { name, path } = service
    if (this.#rivals.delete(service)) return void this.#complaints.settled(path)
    this.#byName.delete(name)
    this.#say(name, undefined)
    const heir = [...this.#rivals].find((rival) => rival.name === name)
    if (heir) this.#succeed(heir)
  }

  /** Everything has been read: what was there before and is not any more is gone. */
  complete(): void {
    for (const [name] of this.#view) if (!this.#byName.get(name)?.list) this.#say(name, undefined)
  }

  /** The view that says it all; the same object when it says nothing new. */
  view(): SharedView {
    if (this.#changes.size > 0) this.#view = this.#view.with(this.#changes)
    this.#changes.clear()
    return this.#view
  }

  #succeed(rival: Service): void {
    this.#rivals.delete(rival)
    this.#complaints.settled(rival.path)
    this.#byName.set(rival.name, rival)
    this.#say(rival.name, rival.list)
  }

  #say(name: string, list: List): void {
    if (this.#view.get(name) === list) this.#changes.delete(name)
    else this.#changes.set(name, list)
  }
}
