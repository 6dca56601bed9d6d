import { createHmac } from 'node:crypto'
import { serialize } from 'hono/utils/cookie'
import { cookieOf, defineStrategy, type Endpoint } from '../src/plugin/index.ts'
import { options } from './sticky/options.ts'

/**
 * Keeps a client at the endpoint that its first request was given, by a cookie, as long as that is there; then it is given
 * another one. The cookie is a signature of service and instance id: it tells nothing, and nobody can make one up.
 */
export const sticky = defineStrategy({
  name: 'sticky',
  options,
  inner: 'strategy',
  create({ secret, cookie, ttl, strategy: _, ...said }, { inner, service }) {
    const strategy = inner()
    const name = cookie ?? `portolan-${service.replaceAll(':', '_')}`
    const attributes = { ...said, ...(ttl !== null && { maxAge: Math.ceil(ttl / 1000) }) }
    const bindings = new WeakMap<Endpoint, Binding>()
    let bound = new Map<string, Endpoint>()

    function bindingOf(endpoint: Endpoint): Binding {
      const known = bindings.get(endpoint)
      if (known) return known
      const value = createHmac('sha256', secret).update(`${service} ${endpoint.instance.id}`).digest('base64url')
      const binding = { value, cookie: serialize(name, value, attributes) }
      bindings.set(endpoint, binding)
      return binding
    }

    const isBound = (value: string) => bound.has(value)

    return {
      keeps: (context) =>
        bound.get(cookieOf(context.header('cookie'), name, isBound) ?? '') ?? strategy.keeps?.(context),
      pick(endpoints, context) {
        const picked = strategy.pick(endpoints, context)
        context.setCookie(name, bindingOf(picked).cookie)
        return picked
      },
      update(endpoints) {
        bound = new Map(endpoints.map((endpoint) => [bindingOf(endpoint).value, endpoint]))
        strategy.update?.(endpoints)
      },
      observe: (endpoint, latencyMs, failed) => strategy.observe?.(endpoint, latencyMs, failed),
      ...(strategy.score && { score: (...asked) => strategy.score!(...asked) }),
    }
  },
})

/** What stands for an endpoint: made once, and not for each request. */
interface Binding {
  readonly value: string
  readonly cookie: string
}
