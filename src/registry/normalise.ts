import { type Instance, instance, isServiceName, type Logger, type RegistryView, SharedView } from '../plugin/index.ts'

/**
 * Makes what an adapter yields safe to hand on: fields complete, ids unique, nothing that cannot be connected to. What
 * cannot be used is left out with one warning; its neighbours stay. A list that was seen before costs one look-up.
 *
 * @throws TypeError for what is no view at all
 */
export function normaliser(log: Logger): (view: RegistryView) => RegistryView {
  const known = new WeakMap<readonly Instance[], readonly Instance[]>()
  return function normalise(view) {
    if (!isView(view)) throw new TypeError('the adapter yielded no Map of services')
    const result = new Map<string, readonly Instance[]>()
    for (const [service, instances] of view as RegistryView) {
      if (!isServiceName(service) || !Array.isArray(instances)) {
        log.warn(
          { service: String(service) },
          'a service of the registry is left out: its name or its list cannot be used',
        )
        continue
      }
      const checked = known.get(instances) ?? usable(service, instances, log)
      known.set(instances, checked)
      result.set(service, checked)
    }
    return result
  }
}

function isView(value: unknown): value is RegistryView {
  return value instanceof Map || value instanceof SharedView
}

function usable(service: string, instances: readonly Instance[], log: Logger): readonly Instance[] {
  const byId = new Map<string, Instance>()
  for (const fields of instances) {
    try {
      const complete = instance(fields)
      if (byId.has(complete.id)) throw new TypeError(`the id ${JSON.stringify(complete.id)} is taken`)
      byId.set(complete.id, complete)
    } catch (error) {
      log.warn({ service, reason: (error as Error).message }, 'an instance of the registry is left out')
    }
  }
  return [...byId.values()]
}
