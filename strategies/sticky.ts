import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { cookieOf, defineStrategy, duration, type Endpoint } from '../src/plugin/index.ts'

const options = z
  .strictObject({
    strategy: z.unknown().default('p2c').meta({ description: 'The strategy for requests that begin a session.' }),
    secret: z.string().min(16).meta({ description: 'What cookies are signed with; the same in every gateway.' }),
    cookie: z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
      .optional()
      .meta({ description: 'Its name; portolan-<service> by default.' }),
    path: z
      .string()
      .regex(/^\/[!-:<-~]*$/)
      .default('/')
      .meta({ description: 'Where clients send it.' }),
    ttl: duration()
      .nullable()
      .prefault(null)
      .meta({ description: 'How long it lasts; null: as long as the browser runs.' }),
    sameSite: z
      .enum(['lax', 'strict', 'none'])
      .default('lax')
      .meta({ description: 'Whether it comes from other sites.' }),
    secure: z.boolean().default(false).meta({ description: 'Only over HTTPS.' }),
    httpOnly: z.boolean().default(true).meta({ description: 'Hidden from scripts.' }),
  })
  .refine(({ sameSite, secure }) => sameSite !== 'none' || secure, {
    path: ['sameSite'],
    error: 'none is refused by browsers without secure: true',
  })

/**
 * Keeps a client at the endpoint that its first request was given, by a cookie, as long as that is there; then it is given
 * another one. The cookie is a signature of service and instance id: it tells nothing, and nobody can make one up.
 */
export const sticky = defineStrategy({
  name: 'sticky',
  options,
  inner: 'strategy',
  create({ secret, ...cookie }, { inner, service }) {
    const strategy = inner()
    const name = cookie.cookie ?? `portolan-${service.replaceAll(':', '_')}`
    const attributes = attributesOf(cookie)
    const bindings = new WeakMap<Endpoint, Binding>()
    let bound = new Map<string, Endpoint>()

    function bindingOf(endpoint: Endpoint): Binding {
      const known = bindings.get(endpoint)
      if (known) return known
      const value = createHmac('sha256', secret).update(`${service} ${endpoint.instance.id}`).digest('base64url')
      const binding = { value, cookie: `${name}=${value}${attributes}` }
      bindings.set(endpoint, binding)
      return binding
    }

    return {
      keeps: (context) => bound.get(cookieOf(context.header('cookie'), name) ?? '') ?? strategy.keeps?.(context),
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
      ...(strategy.score && { score: (endpoint, context) => strategy.score!(endpoint, context) }),
    }
  },
})

/** What stands for an endpoint: made once, and not for each request. */
interface Binding {
  readonly value: string
  readonly cookie: string
}

/** RFC 6265, section 4.1.1, and SameSite of its successor. */
function attributesOf({ path, ttl, sameSite, secure, httpOnly }: Omit<z.output<typeof options>, 'secret'>): string {
  const age = ttl === null ? '' : `; Max-Age=${Math.ceil(ttl / 1000)}`
  const flags = (secure ? '; Secure' : '') + (httpOnly ? '; HttpOnly' : '')
  return `; Path=${path}${age}; SameSite=${sameSite[0]!.toUpperCase()}${sameSite.slice(1)}${flags}`
}
