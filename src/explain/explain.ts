import type { Candidate, ChosenBy, Pool } from '../balancing/index.ts'
import { GatewayError, noEndpoint, type ProblemCode } from '../errors.ts'
import type { Endpoint } from '../plugin/index.ts'
import type { Exchange } from '../proxy/index.ts'
import type { Route, Router } from '../routing/index.ts'
import { exchangeOf, type Question } from './question.ts'

export interface ExplainMeans {
  readonly router: Router
  /** @throws GW_SERVICE_NOT_FOUND, GW_REGISTRY_NOT_READY */
  pool(service: string): Pool
  /** The name of the service's strategy. */
  strategyOf(service: string): string
  /** Monotonic milliseconds. */
  now(): number
  /** Of the worker that explains: each has its own counters and turns. */
  readonly ordinal: number
}

/** What would become of a request, and why. Survives JSON. */
export interface Explanation {
  readonly worker: number
  readonly request: { readonly method: string; readonly target: string; readonly host?: string }
  readonly route?: Pick<Route, 'mode' | 'service' | 'path' | 'prefix'>
  /** What the gateway would answer by itself. */
  readonly refused?: { readonly code: ProblemCode; readonly status: number; readonly detail: string }
  readonly balancing?: {
    readonly strategy: string
    readonly inFlight: number
    /** Health is ignored, since too few instances are healthy. */
    readonly panic: boolean
  }
  /** Everybody, whether offered or not. */
  readonly candidates?: readonly CandidateExplanation[]
  readonly pick?: { readonly id: string; readonly by: ChosenBy }
}

export interface CandidateExplanation {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly zone?: string
  /** Its priority, and the part of the requests that this tier takes. */
  readonly tier: number
  readonly share: number
  /** As registered, and as it counts now: less while it starts slowly. */
  readonly weight: number
  readonly weightNow: number
  readonly inFlight: number
  readonly latencyMs: number
  /** What the strategy compares, the lower the better; null when it leaves the instance out. */
  readonly score?: number | null
  /** Why it is left out. */
  readonly why?: string
  readonly ejectedForMs?: number
}

/** Decides as the data path would, by the same functions, and sends nothing. Where the strategy takes turns, one is taken. */
export function explain(question: Question, means: ExplainMeans): Explanation {
  let told: Explanation = { worker: means.ordinal, request: asked(question) }
  try {
    const exchange = exchangeOf(question)
    const route = means.router.match(exchange)
    if (!route) throw new GatewayError('GW_ROUTE_NOT_FOUND', means.router.expectation)
    exchange.route = route
    const { mode, service, path, prefix } = route
    told = { ...told, route: { mode, service, path, prefix } }
    return { ...told, ...balanced(exchange, means, question.tried ?? []) }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { ...told, refused: refusal(thrown) }
  }
}

function asked({ method, url, headers = {} }: Question): Explanation['request'] {
  const host = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1]
  return { method: method.toUpperCase(), target: url, ...(host !== undefined && { host: String(host) }) }
}

const refusal = ({ code, problem, message }: GatewayError) => ({ code, status: problem.status, detail: message })

function balanced(exchange: Exchange, means: ExplainMeans, triedIds: readonly string[]): Partial<Explanation> {
  const pool = means.pool(exchange.service)
  const all = pool.candidates()
  const tried = all.flatMap(({ endpoint }) => (triedIds.includes(endpoint.instance.id) ? [endpoint] : []))
  const nowMs = means.now()
  const candidates = all.map((candidate) => candidateOf(candidate, pool, exchange, tried, nowMs))
  const choice = pool.choose(exchange, tried)
  return {
    balancing: { strategy: means.strategyOf(exchange.service), inFlight: pool.inFlight, panic: pool.panic },
    candidates,
    ...(choice
      ? { pick: { id: choice.instance.id, by: pool.chosenBy } }
      : { refused: refusal(noEndpoint(pool.service)) }),
  }
}

function candidateOf(
  { endpoint, why, tier, share, weight }: Candidate,
  pool: Pool,
  exchange: Exchange,
  tried: readonly Endpoint[],
  nowMs: number,
): CandidateExplanation {
  const { instance, inFlight, latencyMs, ejectedUntilMs } = endpoint
  const { id, host, port, zone } = instance
  const score = pool.score(endpoint, exchange)
  const reason = tried.includes(endpoint)
    ? 'tried'
    : (why ?? (score === Number.POSITIVE_INFINITY ? 'strategy' : undefined))
  return {
    ...{ id, host, port, ...(zone !== undefined && { zone }) },
    ...{ tier, share, weight: instance.weight, weightNow: weight, inFlight, latencyMs },
    ...(score !== undefined && !Number.isNaN(score) && { score: Number.isFinite(score) ? score : null }),
    ...(reason && { why: reason }),
    ...(ejectedUntilMs > nowMs && { ejectedForMs: ejectedUntilMs - nowMs }),
  }
}
