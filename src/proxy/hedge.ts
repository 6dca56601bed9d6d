import type { Lease } from '../balancing/index.ts'
import { Attempt } from './attempt.ts'
import type { Cancellable, Exchange } from './exchange.ts'
import type { Retries } from './retries.ts'
import type { Service } from './service.ts'
import type { UpstreamRequest } from './transport.ts'
import { UpstreamResponse } from './upstream-response.ts'

/**
 * An attempt that gets another one beside it, with another instance, when it takes unusually long. The first answer is
 * taken and the other attempt called off, which blames nobody; a failure of one leaves it to the other.
 *
 * Hedged requests, from Dean and Barroso, "The Tail at Scale" (2013). Only for requests that may be repeated.
 */
export class Hedge implements Cancellable {
  readonly #exchange: Exchange
  readonly #service: Service
  readonly #retries: Retries
  readonly #request: UpstreamRequest
  #first!: Attempt
  #second: Attempt | undefined
  /** It came to a status that is tried again; it is the answer if the other one comes to less. */
  #aside: Attempt | undefined
  #timer: NodeJS.Timeout | undefined
  #over = false
  #resolve!: (attempt: Attempt) => void

  constructor(exchange: Exchange, service: Service, retries: Retries, request: UpstreamRequest) {
    this.#exchange = exchange
    this.#service = service
    this.#retries = retries
    this.#request = request
  }

  /** @returns the attempt that counts; what the other one came to has been taken into the account of the retries */
  run(lease: Lease, delayMs: number, nowMs: number): Promise<Attempt> {
    this.#exchange.running = this
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#first = this.#start(lease, nowMs)
      this.#timer = setTimeout(() => this.#askAnother(), delayMs)
    })
  }

  cancel(): void {
    this.#first.cancel()
    this.#second?.cancel()
  }

  #start(lease: Lease, nowMs: number): Attempt {
    const attempt = new Attempt(this.#exchange, this.#service, lease, nowMs)
    attempt.start(this.#request, { settled: this.#settled })
    return attempt
  }

  #askAnother(): void {
    const lease = this.#leaseBeside()
    if (!lease) return
    this.#service.means.count('hedge', this.#service.name, 'sent')
    this.#second = this.#start(lease, this.#service.means.now())
  }

  /** What a strategy throws would be an error of the first attempt, which has none. */
  #leaseBeside(): Lease | undefined {
    try {
      return this.#retries.beside(this.#first)
    } catch (err) {
      this.#service.means.log.error({ service: this.#service.name, err }, 'no instance could be picked for a hedge')
      return undefined
    }
  }

  readonly #settled = (attempt: Attempt): void => {
    const other = attempt === this.#first ? this.#second : this.#first
    const otherRuns = other !== undefined && other.outcome === undefined
    if (this.#over) this.#service.limiter?.release()
    else if (otherRuns && !this.#isAnswer(attempt)) this.#leaveTo(attempt)
    else {
      this.#over = true
      clearTimeout(this.#timer)
      if (otherRuns) this.#callOff(other)
      if (attempt === this.#second && this.#isAnswer(attempt)) {
        this.#service.means.count('hedge', this.#service.name, 'won')
      }
      const taken = this.#better(attempt)
      this.#exchange.endpoint = taken.lease.endpoint
      this.#resolve(taken)
    }
  }

  #isAnswer({ outcome }: Attempt): boolean {
    return outcome instanceof UpstreamResponse && !this.#service.retriesStatus(outcome.status)
  }

  /** The other one goes on. */
  #leaveTo(attempt: Attempt): void {
    if (attempt.outcome instanceof UpstreamResponse) this.#aside = attempt
    else this.#drop(attempt)
    this.#exchange.running = this
  }

  #callOff(loser: Attempt): void {
    const { latency, means } = this.#service
    const nowMs = means.now()
    // It would have taken longer still: without it, those that hedging cuts short would make the quantile fall.
    if (loser === this.#first) latency?.record(nowMs - loser.startedMs, nowMs)
    loser.cancel()
  }

  /** Of the last one to settle and the one that was put aside. */
  #better(last: Attempt): Attempt {
    const aside = this.#aside
    if (!aside) return last
    if (last.outcome instanceof UpstreamResponse) {
      this.#drop(aside)
      return last
    }
    this.#drop(last)
    this.#exchange.running = (aside.outcome as UpstreamResponse).untouchedBody
    return aside
  }

  #drop(attempt: Attempt): void {
    this.#retries.count(attempt)
    if (attempt.outcome instanceof UpstreamResponse) {
      attempt.outcome.discard()
      this.#exchange.upstreamBroke = false
    } else this.#service.limiter?.release()
  }
}
