import { expect } from 'vitest'
import type { RoutingConfig, TableRouteConfig } from '../../src/config/types.ts'
import { GatewayError, type ProblemCode } from '../../src/errors.ts'
import { createRouter, type Route, type RouteRequest, type Router } from '../../src/routing/index.ts'

export const byHeaders: RoutingConfig = { mode: 'headers', service: 'service_name', api: 'api_name' }
export const byPath: RoutingConfig = { mode: 'path', prefix: '/services' }

export function byTable(...routes: (Partial<TableRouteConfig> & { service?: string })[]): RoutingConfig {
  const one = { service: 'a', match: {}, middleware: [] }
  return {
    mode: 'table',
    routes: routes.map(({ service = 'a', ...route }) => ({ ...one, split: [{ service, weight: 1 }], ...route })),
  }
}

export function routerOf(...routing: RoutingConfig[]): Router {
  return createRouter(routing, { allow: ['*'], deny: [] }, { random: () => 0 })
}

/** A request as `node:http` presents it: `fields` are lines of the head, repeated ones are joined in `headers`. */
export function request(rawTarget: string, fields: [string, string][] = [], method = 'GET'): RouteRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    headers[key] = Object.hasOwn(headers, key) ? `${headers[key]}, ${value}` : value
  }
  return { method, rawTarget, rawHeaders: fields.flat(), headers }
}

/** `service path`, which most tests are about. */
export const summary = (route: Route | undefined) => route && `${route.service} ${route.path}`

export function refusal(attempt: () => unknown): GatewayError {
  try {
    attempt()
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    return error as GatewayError
  }
  throw new Error('nothing was thrown')
}

export function refuses(attempt: () => unknown, code: ProblemCode = 'GW_BAD_REQUEST'): void {
  expect(refusal(attempt).code).toBe(code)
}
