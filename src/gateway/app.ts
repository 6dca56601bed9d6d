import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { HTTPException } from 'hono/http-exception'
import { getPath } from 'hono/utils/url'
import { GatewayError } from '../errors.ts'
import type { Logger } from '../plugin/index.ts'
import type { Exchange, UpstreamResponse } from '../proxy/index.ts'
import type { Route, Router } from '../routing/index.ts'
import { EveryRouter } from './every-router.ts'
import type { RequestSource } from './fetch-side.ts'
import { problemResponse } from './problem.ts'
import { adoptRewrites } from './rewrites.ts'
import { UNSEEN } from './unseen.ts'

/** What each request carries through Hono. */
export interface GatewayEnv {
  Bindings: {
    readonly exchange: Exchange
    readonly source: RequestSource
    /** As far as what it says has been taken over; undefined while nobody looks at it. */
    request: Request | undefined
    /** Where it is known before the app is asked. */
    readonly route?: Route
  }
}

/**
 * Asks for an answer. The request is made only if a middleware may look at it.
 *
 * @throws and rejects with what is to be claimed as a problem
 */
export type Ask = (exchange: Exchange, source: RequestSource) => Response | PromiseLike<Response>

export interface AppOptions {
  readonly log: Logger
  readonly router: Router
  /** Runs on every request, before it is routed. */
  readonly middleware: readonly MiddlewareHandler[]
  /** What the route or its service adds, if anything. */
  middlewareOf(route: Route): MiddlewareHandler | undefined
  forward(exchange: Exchange): PromiseLike<UpstreamResponse>
}

/**
 * The gateway as a Hono app, in reading order. The app is asked where a middleware is to see the request. All that it adds to
 * any other is a context, which lives as long as the request.
 */
export function createApp({ log, router, middleware, middlewareOf, forward }: AppOptions): Ask {
  const app = new Hono<GatewayEnv>({ router: new EveryRouter(), getPath: pathOf })
  for (const handler of middleware) app.use(handler)
  if (middleware.length > 0) app.use((c, next) => adoptRewrites(c).then(next))

  app.all('*', function routeAndForward(c): Response | Promise<Response> {
    const { exchange, route = router.match(exchange) } = c.env
    if (!route) return unrouted(exchange, router.expectation)
    exchange.route = route
    const own = middlewareOf(route)
    // Hono knows a promise by its class.
    return own ? through(own, c) : Promise.resolve(forward(exchange))
  })

  app.onError(answerProblem)
  return middleware.length > 0 ? askWith : askOrForward

  function askWith(exchange: Exchange, source: RequestSource): Response | PromiseLike<Response> {
    const { request } = source
    return app.fetch(request, { exchange, source, request })
  }

  function askOrForward(exchange: Exchange, source: RequestSource): Response | PromiseLike<Response> {
    const route = router.match(exchange)
    if (!route) return unrouted(exchange, router.expectation)
    exchange.route = route
    return middlewareOf(route) ? app.fetch(UNSEEN, { exchange, source, request: undefined, route }) : forward(exchange)
  }

  /** One route's middleware around the forwarding, by Hono's rules: `next` does not throw, what is returned or set is the answer. */
  async function through(handler: MiddlewareHandler, c: Context<GatewayEnv>): Promise<Response> {
    show(c)
    const answered = await handler(c, async function next() {
      try {
        await adoptRewrites(c)
        c.res = await forward(c.env.exchange)
      } catch (thrown) {
        c.error = thrown as Error
        c.res = answerProblem(thrown, c)
      }
    })
    return answered ?? c.res
  }

  function answerProblem(thrown: unknown, c: Context<GatewayEnv>): Response {
    // Hono's middleware throws to refuse a request: that is its answer, not a failure. By its shape, as Hono itself looks for it.
    if (isAnswer(thrown)) return thrown.getResponse()
    const { exchange } = c.env
    // Hono would add the header fields of the answer that this one takes the place of: an instance's lengths and codings.
    if (exchange.upstreamMs !== undefined) c.res = undefined
    return problemResponse(thrown, exchange, log)
  }
}

function pathOf(request: Request): string {
  return request === UNSEEN ? '' : getPath(request)
}

/** A middleware is going to look at the request. */
function show({ env, req }: Context<GatewayEnv>): void {
  if (env.request) return
  env.request = req.raw = env.source.request
  req.path = getPath(req.raw)
}

function isAnswer(thrown: unknown): thrown is HTTPException {
  return thrown instanceof Error && 'getResponse' in thrown
}

function unrouted({ method, rawTarget }: Exchange, expectation: string): Response {
  if (rawTarget === '/' && (method === 'GET' || method === 'HEAD')) return new Response('Portolan is up.\n')
  throw new GatewayError('GW_ROUTE_NOT_FOUND', expectation)
}
