import type { TableRouteConfig, TableRoutingConfig } from '../config/types.ts'
import { GatewayError } from '../errors.ts'
import { type Condition, conditions, isUnder } from './conditions.ts'
import { NO_HEADERS } from './fields.ts'
import type { Route, RoutingMode } from './router.ts'
import { plainSpelling } from './spelling.ts'
import type { Target } from './target.ts'

/**
 * Routes written out by hand; the first that matches, in the order of the file. `random` decides between its services.
 *
 * A path that would take another route if it were decoded is refused: `/shop%2fadmin`, `/%61dmin` and `/shop/..%2fadmin`
 * must not get round the middleware of `/admin/*`.
 */
export function tableMode({ routes }: TableRoutingConfig, random: () => number): RoutingMode {
  const table = routes.map((route) => compile(route, random))
  return {
    expectation: 'one of the configured routes',
    match(request, target) {
      const found = table.find(({ takes }) => takes(request, target))
      if (!found?.spelledOut && target.path.includes('%')) {
        const plain = { ...target, path: plainSpelling(target.path) }
        if (table.find(({ takes }) => takes(request, plain)) !== found)
          throw new GatewayError('GW_BAD_REQUEST', 'percent-encoding in the path changes its route')
      }
      return found?.follow(target)
    },
  }
}

interface CompiledRoute {
  readonly takes: Condition
  /** Its own path is written with percent-encoding, so that spelling is meant. */
  readonly spelledOut: boolean
  readonly follow: (target: Target) => Route
}

function compile(config: TableRouteConfig, random: () => number): CompiledRoute {
  const all = conditions(config.match)
  return {
    takes: (request, target) => all.every((holds) => holds(request, target)),
    spelledOut: config.match.path?.includes('%') ?? false,
    follow: follower(config, random),
  }
}

function follower(config: TableRouteConfig, random: () => number): (target: Target) => Route {
  const service = splitOf(config.split, random)
  const strip = config.stripPrefix?.replace(/\/+$/, '') ?? ''
  const rewrite = config.rewrite === undefined ? undefined : rewriter(config.rewrite, config.match.path ?? '/*')
  const middleware = config.middleware.length > 0 ? config.middleware : undefined
  return ({ path, query }) => {
    const prefix = isUnder(strip, path) ? strip : ''
    const rest = (rewrite ? rewrite(path) : path.slice(prefix.length)) || '/'
    return { service: service(), path: rest + query, prefix, mode: 'table', dropHeaders: NO_HEADERS, middleware }
  }
}

/** `weight` is a share of the requests; the same caller may go elsewhere the next time. */
function splitOf(split: TableRouteConfig['split'], random: () => number): () => string {
  const last = split.at(-1)!
  if (split.length === 1) return () => last.service
  const total = split.reduce((sum, { weight }) => sum + weight, 0)
  return () => {
    let rest = random() * total
    for (const { service, weight } of split) {
      rest -= weight
      if (rest < 0) return service
    }
    return last.service
  }
}

/** What the `*` of `pattern` matched goes where the `*` of `rewrite` stands. */
function rewriter(rewrite: string, pattern: string): (path: string) => string {
  if (!rewrite.endsWith('*')) return () => rewrite
  const matched = pattern.endsWith('/*') ? pattern.length - 2 : Number.POSITIVE_INFINITY
  const bySegment = rewrite.endsWith('/*')
  const head = rewrite.slice(0, bySegment ? -2 : -1)
  return (path) => {
    const rest = path.slice(matched)
    return head + (bySegment ? rest : rest.slice(1))
  }
}
