import type { TableRouteConfig } from '../config/types.ts'
import { field } from './fields.ts'
import type { RouteRequest } from './router.ts'
import type { Target } from './target.ts'

/** What must hold for a request to take a route; all of them must. */
export type Condition = (request: RouteRequest, target: Target) => boolean

/** The conditions that `match` states, the cheapest first. */
export function conditions({ methods, path, host, headers }: TableRouteConfig['match']): Condition[] {
  return [
    ...(methods ? [methodIs(methods)] : []),
    ...(path ? [pathIs(path)] : []),
    ...(host ? [hostIs(host)] : []),
    ...Object.entries(headers ?? {}).map(([name, value]) => headerIs(name, value)),
  ]
}

function methodIs(methods: readonly string[]): Condition {
  const wanted = new Set(methods.map((method) => method.toUpperCase()))
  return ({ method }) => wanted.has(method)
}

function pathIs(pattern: string): Condition {
  if (!pattern.endsWith('/*')) return (_request, { path }) => path === pattern
  const prefix = pattern.slice(0, -2)
  return (_request, { path }) => isUnder(prefix, path)
}

/** By whole segments: `/shop` takes `/shop` and `/shop/x`, not `/shopping`. An empty prefix takes all. */
export function isUnder(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

function headerIs(name: string, wanted: string): Condition {
  return ({ headers }) => {
    const value = field(headers, name)
    return value !== undefined && (wanted === '*' || value === wanted)
  }
}

/** `*.example.com` takes every name below example.com, at any depth, and not example.com itself. */
function hostIs(pattern: string): Condition {
  const wanted = pattern.toLowerCase()
  if (!wanted.startsWith('*.')) return (request, target) => hostOf(request, target) === wanted
  const domain = wanted.slice(1)
  return (request, target) => {
    const host = hostOf(request, target)
    return host.length > domain.length && host.endsWith(domain)
  }
}

/** Lower case, without the port and without the dot of the root. */
function hostOf({ headers }: RouteRequest, { authority }: Target): string {
  const sent = authority ?? field(headers, 'host') ?? ''
  return sent.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
}
