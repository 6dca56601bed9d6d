import type { GatewayConfig } from '../config/types.ts'
import { serviceNotFound } from '../errors.ts'

/** Lets an exposed name pass. @throws GW_SERVICE_NOT_FOUND for any other */
export type Exposure = (service: string) => void

/** Names that a glob of `allow` takes and none of `deny`. */
export function exposure({ allow, deny }: GatewayConfig['expose']): Exposure {
  if (allow.includes('*') && deny.length === 0) return () => {}
  const allowed = allow.map(glob)
  const denied = deny.map(glob)
  return (service) => {
    const takes = (matches: Matches) => matches(service)
    if (!allowed.some(takes) || denied.some(takes)) throw serviceNotFound(service)
  }
}

type Matches = (name: string) => boolean

/** `*` is any run of characters, `?` any one; the whole name, case and all. */
export function glob(pattern: string): Matches {
  if (pattern === '*') return () => true
  if (!/[*?]/.test(pattern)) return (name) => name === pattern
  return (name) => wildcards(pattern, name)
}

/** Remembers the last `*` alone, so a name costs at most pattern x name steps: a RegExp would take its time on `*a*a*a*b`. */
function wildcards(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resumed = 0
  let here = 0
  while (here < name.length) {
    if (pattern[at] === '*') {
      star = at++
      resumed = here
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[here])) {
      at++
      here++
    } else if (star >= 0) {
      at = star + 1
      here = ++resumed
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
