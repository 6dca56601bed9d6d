import type { HeadersRoutingConfig } from '../config/types.ts'
import { GatewayError } from '../errors.ts'
import type { Exposure } from './expose.ts'
import { field, timesSent } from './fields.ts'
import { checkServiceName } from './name.ts'
import type { RouteRequest, RoutingMode } from './router.ts'
import { parseOriginForm, type Target } from './target.ts'

/**
 * One header names the service, another, optional, its path: `service_name: users` and `api_name: /user?id=1`.
 * Without the second the request's own path is used. The request's own query always comes along.
 */
export function headersMode({ service, api }: HeadersRoutingConfig, exposed: Exposure): RoutingMode {
  const serviceNames = spellings(service)
  const apiNames = spellings(api)
  const dropHeaders = Object.freeze([...serviceNames, ...apiNames])
  return {
    expectation: `the header ${serviceNames.join(' or ')}`,
    match(request, target) {
      const name = soleValue(serviceNames, request)
      if (name === undefined) return undefined
      checkServiceName(name, `the header ${service}`)
      const asked = soleValue(apiNames, request)
      const path = asked === undefined ? target.path + target.query : pathOf(asked, api, target)
      exposed(name)
      return { service: name, path, prefix: '', mode: 'headers', dropHeaders, middleware: undefined }
    },
  }
}

/**
 * The name, its dashed twin (nginx drops names with underscores unless told otherwise) and that one with `x-`.
 * An `x-` that was written is not taken off: `x-host` must not make `host` a routing header.
 */
function spellings(name: string): readonly string[] {
  const dashed = name.replaceAll('_', '-')
  return [...new Set([name, dashed, dashed.startsWith('x-') ? dashed : `x-${dashed}`])]
}

/** @throws GW_BAD_REQUEST when more than one line speaks: which of them counts would be anyone's guess */
function soleValue(names: readonly string[], { headers, rawHeaders }: RouteRequest): string | undefined {
  let sole: string | undefined
  for (const name of names) {
    const value = field(headers, name)
    if (value === undefined) continue
    if (sole !== undefined || timesSent(rawHeaders, name) > 1) {
      throw new GatewayError('GW_BAD_REQUEST', `more than one header of ${names.join(', ')} is sent; send one`)
    }
    sole = value
  }
  return sole
}

function pathOf(asked: string, header: string, { query }: Target): string {
  const what = `the header ${header}`
  const api = parseOriginForm(asked, what)
  // Also once dot segments are gone: `/.//host` is `//host`.
  if (api.path.startsWith('//') || asked.startsWith('//')) throw notAPath(what, 'begins with "//"')
  if (asked.includes('\\')) throw notAPath(what, 'has a backslash in it')
  return api.path + joinQueries(api.query, query)
}

/** Both with their `?`, or empty. */
function joinQueries(first: string, second: string): string {
  if (first.length <= 1) return second || first
  return second.length <= 1 ? first : `${first}&${second.slice(1)}`
}

function notAPath(what: string, why: string): GatewayError {
  return new GatewayError('GW_BAD_REQUEST', `${what} ${why}`)
}
