import {
  type Instance,
  instance,
  isServiceName,
  type LeftOut,
  type Logger,
  type RegistryView,
  SharedView,
} from '../plugin/index.ts'

/** @throws TypeError for what is no view at all */
export function assertView(value: unknown): asserts value is RegistryView {
  if (!(value instanceof Map || value instanceof SharedView))
    throw new TypeError('the adapter yielded neither a Map of services nor a SharedView')
}

/**
 * Makes what an adapter yields safe to hand on: fields complete, ids unique, nothing that cannot be connected to. What
 * cannot be used is left out with one warning; its neighbours stay.
 */
export class Normaliser {
  readonly #log: Logger
  readonly #reasons = new Map<string, readonly string[]>()

  constructor(log: Logger) {
    this.#log = log
  }

  /**
   * The usable ones of a service's instances, the same array if all are; undefined when the service itself cannot be used.
   *
   * @param before what it was the last time: the very objects that are in it need no second look
   */
  usable(
    service: string,
    instances: readonly Instance[] | undefined,
    before: readonly Instance[] = [],
  ): readonly Instance[] | undefined {
    if (!instances) return this.#tell(service, [])
    if (!isServiceName(service) || !Array.isArray(instances))
      return this.#tell(String(service), ['the name or the list of the service cannot be used'])
    const reasons: string[] = []
    const checked = new Set(before)
    const byId = new Map<string, Instance>()
    for (const fields of instances) {
      try {
        const one = checked.has(fields) ? fields : complete(fields)
        if (byId.has(one.id)) throw new TypeError(`the id ${JSON.stringify(one.id)} is taken`)
        byId.set(one.id, one)
      } catch (error) {
        reasons.push((error as Error).message)
      }
    }
    this.#tell(service, reasons)
    const list = [...byId.values()]
    return list.length === instances.length && list.every((one, at) => one === instances[at]) ? instances : list
  }

  *leftOut(): Generator<LeftOut> {
    for (const [place, reasons] of this.#reasons) for (const reason of reasons) yield { place, reason }
  }

  #tell(service: string, reasons: readonly string[]): undefined {
    const before = this.#reasons.get(service) ?? []
    if (reasons.length > 0) this.#reasons.set(service, reasons)
    else this.#reasons.delete(service)
    for (const reason of reasons)
      if (!before.includes(reason)) this.#log.warn({ service, reason }, 'an instance of the registry is left out')
  }
}

/** The very object if nothing is missing in it. @throws TypeError like `instance` */
function complete(fields: Instance): Instance {
  const filled = instance(fields)
  return (Object.keys(filled) as (keyof Instance)[]).every((key) => fields[key] === filled[key]) ? fields : filled
}
