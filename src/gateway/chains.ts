import type { MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import type { GatewayConfig, PluginRef } from '../config/types.ts'
import type { Route } from '../routing/index.ts'

/** Builds, once, what each route and each service adds to a request; the route's own comes first. */
export function chains(config: GatewayConfig, create: (ref: PluginRef) => MiddlewareHandler) {
  const chain = (refs: readonly PluginRef[]) => (refs.length > 0 ? every(...refs.map(create)) : undefined)
  const ofServices = new Map([...config.services].map(([name, { middleware }]) => [name, chain(middleware)]))
  const routes = config.routing.flatMap((mode) => (mode.mode === 'table' ? mode.routes : []))
  const ofRoutes = new Map(routes.map(({ middleware }) => [middleware, chain(middleware)]))

  return function middlewareOf({ service, middleware }: Route): MiddlewareHandler | undefined {
    const own = middleware && ofRoutes.get(middleware)
    const shared = ofServices.get(service)
    return own && shared ? every(own, shared) : (own ?? shared)
  }
}
