import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type Instance, instance, isServiceName, SERVICE_NAME } from '../../src/plugin/index.ts'
import { entry } from './entry.ts'

/** Told of each instance that is left out: its position (file:line:col) and what is wrong with it. */
export type Dropped = (position: string, reason: string) => void

/**
 * Reads the services out of a YAML text. An instance that cannot be used is left out and told to `dropped`.
 *
 * @throws Error with one `file:line:col  what` a line when the text is not YAML or does not have the right shape
 */
export function parse(file: string, source: string, dropped: Dropped): ReadonlyMap<string, readonly Instance[]> {
  return new Reading(file, source, dropped).view()
}

class Reading {
  readonly #file: string
  readonly #lines = new LineCounter()
  readonly #document
  readonly #dropped: Dropped
  readonly #problems: string[]

  constructor(file: string, source: string, dropped: Dropped) {
    this.#file = file
    this.#dropped = dropped
    this.#document = parseDocument(source, { lineCounter: this.#lines, prettyErrors: false })
    this.#problems = this.#document.errors.map(({ pos, message }) => `${this.#position(pos[0])}  ${message}`)
  }

  view() {
    const view = new Map<string, readonly Instance[]>()
    if (this.#problems.length === 0)
      for (const { key, value } of this.#services()) {
        const name = String(isScalar(key) ? key.value : key)
        if (isServiceName(name)) view.set(name, this.#instances(name, key as Node, value as Node | null))
        else this.#wrong(key as Node, `${JSON.stringify(name)} is not a service name (${SERVICE_NAME.source})`)
      }
    if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'))
    return view
  }

  #services() {
    const { contents } = this.#document
    const items = isMap(contents) ? contents.items : []
    for (const { key } of items)
      if (String(key) !== 'services') this.#wrong(key as Node, `unknown key "${key}"; known: services`)
    const services = this.#itself(isMap(contents) ? (contents.get('services', true) as Node) : null)
    if (isMap(services)) return services.items
    this.#wrong(services ?? contents, 'services must be a mapping from names to lists of instances')
    return []
  }

  #instances(service: string, key: Node, value: Node | null): readonly Instance[] {
    const list = this.#itself(value)
    // A list whose every line is commented out reads as null: the service is known, and empty.
    if (list === null || (isScalar(list) && list.value === null)) return []
    if (isSeq(list)) return this.#usable(list.items as Node[])
    this.#wrong(list ?? key, `services.${service} must be a list of instances; write [] for none`)
    return []
  }

  #usable(items: readonly Node[]): Instance[] {
    const found = new Map<string, Instance>()
    for (const item of items)
      try {
        const one = instance(entry(item.toJS(this.#document)))
        if (found.has(one.id)) throw new TypeError(`${one.id} is in the list twice`)
        found.set(one.id, one)
      } catch (error) {
        this.#dropped(this.#position(item.range?.[0] ?? 0), (error as Error).message)
      }
    return [...found.values()]
  }

  #itself(node: Node | null | undefined) {
    return isAlias(node) ? node.resolve(this.#document) : node
  }

  #wrong(node: Node | null | undefined, what: string) {
    this.#problems.push(`${this.#position(node?.range?.[0] ?? 0)}  ${what}`)
  }

  #position(offset: number): string {
    const { line, col } = this.#lines.linePos(offset)
    return `${this.#file}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
}
