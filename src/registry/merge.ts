import type { Instance } from '../plugin/index.ts'
import type { Served } from './guard.ts'

/** What one registry contributes to a service. */
export interface Part {
  readonly name: string
  /** `first`: only where those before it have nobody. */
  readonly merge: 'union' | 'first'
  readonly served: Served | undefined
}

/**
 * One service out of several registries, in their order. An instance that two of them name is one, and the first has the
 * say; two instances of one id stay two. undefined: no registry knows the service.
 */
export function merged(parts: readonly Part[]): Served | undefined {
  const known = parts.filter((part) => part.served)
  if (known.length < 2) return known[0]?.served
  const byId = new Map<string, Instance>()
  const held = new Set<string>()
  for (const { name, merge, served } of known) {
    if (merge === 'first' && byId.size > 0) continue
    for (const one of served!.instances) add(one, served!.held.includes(one.id), name)
  }
  return { instances: [...byId.values()], held: [...held], absent: known.every(({ served }) => served!.absent) }

  function add(one: Instance, isHeld: boolean, name: string): void {
    const other = byId.get(one.id)
    const same = other && other.host === one.host && other.port === one.port
    // That a registry names it weighs more than that another one has lost it.
    if (same && !(held.has(one.id) && !isHeld)) return
    const id = other && !same ? one.id + suffixOf(name) : one.id
    byId.set(id, id === one.id ? one : { ...one, id })
    if (isHeld) held.add(id)
    else held.delete(id)
  }
}

const suffixOf = (name: string) => `@${name}`

/** The id that a registry itself knows an instance of a merged service by. */
export function ownId(id: string, name: string): string {
  return id.endsWith(suffixOf(name)) ? id.slice(0, -suffixOf(name).length) : id
}
