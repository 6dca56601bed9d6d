import type { Lease } from '../balancing/index.ts'
import { circuitOpen, GatewayError, type ProblemCode } from '../errors.ts'
import type { Endpoint } from '../plugin/index.ts'
import { Attempt, type Judge, type Outcome } from './attempt.ts'
import type { Exchange } from './exchange.ts'
import { HeadDeadline } from './head-deadline.ts'
import { Hedge } from './hedge.ts'
import { waitForPlace } from './queue.ts'
import { mayRepeat } from './repeatable.ts'
import { nobodyToAsk, Retries } from './retries.ts'
import type { Service } from './service.ts'
import type { UpstreamRequest } from './transport.ts'
import { UpstreamResponse } from './upstream-response.ts'

const NOBODY: readonly Endpoint[] = []

/** What a service has done, or left undone. */
const OF_THE_SERVICE: ReadonlySet<ProblemCode> = new Set([
  'GW_UPSTREAM_UNREACHABLE',
  'GW_UPSTREAM_RESET',
  'GW_UPSTREAM_TIMEOUT',
])

/** Who waits for the answer to a request: is told once. */
export interface Asker {
  answered(response: UpstreamResponse): void
  failed(thrown: unknown): void
}

/**
 * Tries endpoints of the service until one answers, as its `retry` allows, within its breaker, limits and budget.
 *
 * A request of which nothing was sent goes to another endpoint, whatever its method; one that broke after that, timed out or
 * was answered with a status of `retry.on`, only if it is idempotent and has no body to replay. `responseTimeoutMs` bounds one
 * attempt, up to its response head, and `retry.timeoutMs` all of them and the waits in between.
 *
 * @throws GatewayError GW_NO_ENDPOINT when there is nobody to ask, GW_CIRCUIT_OPEN or GW_OVERLOADED when nobody is to be asked
 * now, or what the last attempt came to
 */
export function forward(exchange: Exchange, service: Service): PromiseLike<UpstreamResponse> {
  // What is switched off costs no promise.
  return service.breaker || service.settings.retry.timeoutMs !== null
    ? forwardWatched(exchange, service)
    : forwardInTurn(exchange, service)
}

async function forwardWatched(exchange: Exchange, service: Service): Promise<UpstreamResponse> {
  const { breaker, means, settings, name } = service
  const nowMs = means.now()
  const pass = breaker?.enter(nowMs)
  if (pass === 0) {
    means.count('refused', name, 'breaker')
    throw circuitOpen(name)
  }
  const { timeoutMs } = settings.retry
  const deadline = timeoutMs === null ? undefined : new HeadDeadline(exchange, timeoutMs, nowMs)
  let outcome: 'ok' | 'failed' | 'neither' = 'neither'
  try {
    const response = await forwardInTurn(exchange, service)
    outcome = response.status >= 500 ? 'failed' : 'ok'
    return response
  } catch (thrown) {
    if (thrown instanceof GatewayError && OF_THE_SERVICE.has(thrown.code)) outcome = 'failed'
    throw thrown
  } finally {
    deadline?.stop()
    if (pass) breaker!.leave(pass, outcome, means.now())
  }
}

function forwardInTurn(exchange: Exchange, service: Service): PromiseLike<UpstreamResponse> {
  const { limiter } = service
  return !limiter || limiter.tryEnter() ? tryInTurn(exchange, service) : forwardLater(exchange, service)
}

async function forwardLater(exchange: Exchange, service: Service): Promise<UpstreamResponse> {
  const limiter = service.limiter!
  await waitForPlace(exchange, service, limiter)
  try {
    return tryInTurn(exchange, service)
  } finally {
    limiter.release() // it has its lease by now, or needs none
  }
}

/** Takes the first lease before it yields to anybody. */
function tryInTurn(exchange: Exchange, service: Service): PromiseLike<UpstreamResponse> {
  exchange.assertGoing()
  const nowMs = service.means.now()
  service.budget?.request(nowMs)
  const request = requestOf(exchange, service)
  const lease = service.pool.lease(exchange, NOBODY)
  if (!lease) throw nobodyToAsk(service)
  // Only a request that has come to grief, or may be sent twice at once, has an account of its tries.
  if (service.latency) {
    const retries = new Retries(exchange, service)
    return tryOn(ask(exchange, service, request, retries, lease, nowMs), exchange, service, request, retries)
  }
  const trying = new Trying(exchange, service, request)
  new Attempt(exchange, service, lease, nowMs).run(request, trying)
  return trying
}

/**
 * A request that is with its first instance, and needs no other one as a rule. A promise for whoever awaits it; whoever is an `Asker`
 * has its answer without one, and in the turn in which it came. Only one of them.
 */
export class Trying implements PromiseLike<UpstreamResponse>, Judge {
  readonly #exchange: Exchange
  readonly #service: Service
  readonly #request: UpstreamRequest
  #asker: Asker | undefined
  #answer: UpstreamResponse | Promise<UpstreamResponse> | undefined

  constructor(exchange: Exchange, service: Service, request: UpstreamRequest) {
    this.#exchange = exchange
    this.#service = service
    this.#request = request
  }

  tell(asker: Asker): void {
    this.#asker = asker
    if (this.#answer) handOver(this.#answer, asker)
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise, to whoever wants one.
  then<A = UpstreamResponse, B = never>(
    onAnswer?: ((response: UpstreamResponse) => A | PromiseLike<A>) | null,
    onFailure?: ((thrown: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const promise = new Promise<UpstreamResponse>((answered, failed) => this.tell({ answered, failed }))
    return promise.then(onAnswer, onFailure)
  }

  settled(attempt: Attempt): void {
    const { outcome } = attempt
    const exchange = this.#exchange
    const service = this.#service
    this.#answer = isAnswer(outcome, service)
      ? outcome
      : tryOn(attempt, exchange, service, this.#request, new Retries(exchange, service))
    if (this.#asker) handOver(this.#answer, this.#asker)
  }
}

function handOver(answer: UpstreamResponse | Promise<UpstreamResponse>, asker: Asker): void {
  if (answer instanceof UpstreamResponse) asker.answered(answer)
  else
    answer.then(
      (response) => asker.answered(response),
      (thrown) => asker.failed(thrown),
    )
}

/** As often as need be, after what the first attempt comes to. */
async function tryOn(
  first: Attempt | Promise<Attempt>,
  exchange: Exchange,
  service: Service,
  request: UpstreamRequest,
  retries: Retries,
): Promise<UpstreamResponse> {
  let attempt = await first
  for (;;) {
    const { outcome } = attempt
    if (isAnswer(outcome, service)) return outcome
    const lease = await retries.next(attempt)
    if (!lease) {
      if (outcome instanceof UpstreamResponse) return outcome
      throw retries.error
    }
    attempt = await ask(exchange, service, request, retries, lease, service.means.now())
  }
}

/** One instance, or, where that is slow and it may be, another one beside it. */
function ask(
  exchange: Exchange,
  service: Service,
  request: UpstreamRequest,
  retries: Retries,
  lease: Lease,
  nowMs: number,
): Promise<Attempt> {
  const hedgeAfterMs = service.latency && mayHedge(exchange) ? service.hedgeAfterMs(nowMs) : undefined
  return hedgeAfterMs === undefined
    ? new Promise((settled) => new Attempt(exchange, service, lease, nowMs).run(request, { settled }))
    : new Hedge(exchange, service, retries, request).run(lease, hedgeAfterMs, nowMs)
}

function isAnswer(outcome: Outcome | undefined, service: Service): outcome is UpstreamResponse {
  return outcome instanceof UpstreamResponse && !service.retriesStatus(outcome.status)
}

/** A session is not opened twice to see which one is faster. */
const mayHedge = (exchange: Exchange) => exchange.upgrade === null && mayRepeat(exchange)

function requestOf(exchange: Exchange, { means }: Service): UpstreamRequest {
  const { headers, lines, word } = means.requestHeaders.of(exchange)
  return {
    method: exchange.method,
    path: exchange.path,
    headers,
    lines,
    word,
    body: exchange.body,
    bodyLength: exchange.bodyLength,
    trailers: means.requestHeaders.trailersOf(exchange),
    upgrade: exchange.upgrade,
    expectsContinue: exchange.expectsContinue,
  }
}
