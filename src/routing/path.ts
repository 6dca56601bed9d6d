import type { PathRoutingConfig } from '../config/types.ts'
import { GatewayError } from '../errors.ts'
import type { Exposure } from './expose.ts'
import { NO_HEADERS } from './fields.ts'
import { checkServiceName } from './name.ts'
import type { RoutingMode } from './router.ts'
import { plainSpelling } from './spelling.ts'

/**
 * `/services/<service>/<rest>` goes to `/<rest>` of the service: whole segments of the encoded path, no rest is `/`.
 * What is encoded in the rest is the service's own matter.
 */
export function pathMode({ prefix }: PathRoutingConfig, exposed: Exposure): RoutingMode {
  const root = `${prefix}/`
  return {
    expectation: `a path that begins with ${root}{service}/`,
    match(_request, { path, query }) {
      if (!path.startsWith(root)) return refuseDisguised(path, root)
      if (path.length === root.length) return undefined
      const slash = path.indexOf('/', root.length)
      const end = slash < 0 ? path.length : slash
      const service = path.slice(root.length, end)
      checkServiceName(service, 'the path')
      exposed(service)
      return {
        service,
        path: (slash < 0 ? '/' : path.slice(end)) + query,
        prefix: path.slice(0, end),
        mode: 'path',
        dropHeaders: NO_HEADERS,
        middleware: undefined,
      }
    },
  }
}

/** @throws GW_BAD_REQUEST for a path that would be ours if only it were decoded */
function refuseDisguised(path: string, root: string): undefined {
  if (!path.includes('%') || !`${plainSpelling(path)}/`.startsWith(root)) return
  throw new GatewayError('GW_BAD_REQUEST', `the path hides ${root} behind percent-encoding`)
}
