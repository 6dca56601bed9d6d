import type { PathRoutingConfig } from '../config/types.ts'
import { GatewayError } from '../errors.ts'
import type { Exposure } from './expose.ts'
import { NO_HEADERS } from './fields.ts'
import { checkServiceName } from './name.ts'
import type { Route, RoutingMode } from './router.ts'
import { plainSpelling } from './spelling.ts'

/**
 * `/services/<service>/<rest>` goes to `/<rest>` of the service: whole segments of the encoded path, no rest is `/`.
 * What is encoded in the rest is the service's own matter.
 */
export function pathMode({ prefix }: PathRoutingConfig, exposed: Exposure): RoutingMode {
  const root = `${prefix}/`
  const named = namesBehind(root, exposed)
  return {
    expectation: `a path that begins with ${root}{service}/`,
    match(_request, { path, query }) {
      if (!path.startsWith(root)) return refuseDisguised(path, root)
      if (path.length === root.length) return undefined
      const slash = path.indexOf('/', root.length)
      const end = slash < 0 ? path.length : slash
      const { service, prefix } = named(path.slice(root.length, end))
      return {
        service,
        path: (slash < 0 ? '/' : path.slice(end)) + query,
        prefix,
        mode: 'path',
        dropHeaders: NO_HEADERS,
        middleware: undefined,
      }
    },
  }
}

/** A slice would keep all of the request head alive that it was cut from. */
const ownCopy = (ascii: string) => Buffer.from(ascii, 'latin1').toString('latin1')

const MOST_KNOWN = 1024

type Named = Pick<Route, 'service' | 'prefix'>

/** Checks names, each once as long as not too many come. It is the same string then, which tables find without hash and comparison. */
function namesBehind(root: string, exposed: Exposure): (name: string) => Named {
  const known = new Map<string, Named>()
  return function named(name) {
    const before = known.get(name)
    if (before) return before
    checkServiceName(name, 'the path')
    exposed(name)
    const passed = { service: ownCopy(name), prefix: ownCopy(root + name) }
    if (known.size < MOST_KNOWN) known.set(passed.service, passed)
    return passed
  }
}

/** @throws GW_BAD_REQUEST for a path that would be ours if only it were decoded */
function refuseDisguised(path: string, root: string): undefined {
  if (!path.includes('%') || !`${plainSpelling(path)}/`.startsWith(root)) return
  throw new GatewayError('GW_BAD_REQUEST', `the path hides ${root} behind percent-encoding`)
}
