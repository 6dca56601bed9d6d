import type { BalancingStrategy, Endpoint, Instance, PickContext } from '../plugin/index.ts'
import { LiveEndpoint } from './endpoint.ts'
import { Lease, type Lessor } from './lease.ts'
import { Members } from './members.ts'
import { mark, needNewcomers, type Offer, offerOf } from './offer.ts'
import { Selection } from './selection.ts'
import { NOTHING_WARMS, warm } from './slow-start.ts'
import type { Candidate, ChosenBy, LeaseContext, OnPanic, PoolOptions } from './terms.ts'
import { ripen } from './trials.ts'
import { type Why, whyUnfit } from './why.ts'

const NOBODY_YET = new Selection(offerOf([], 0), () => 0)

/**
 * The endpoints of one service. Knows who is fit; the strategy only chooses among those.
 * Whom it offers is worked out when something has changed or a time has come, and kept until then.
 */
export class Pool implements Lessor {
  readonly service: string
  /** False while the registry does not name the service, and it lives on by instances that are only kept. */
  registered = true
  /** Leases that have not ended. */
  inFlight = 0
  /** What the last choice was made by. */
  chosenBy: ChosenBy = 'strategy'
  /** Called when a lease has ended. */
  onFreed: (() => void) | undefined
  readonly #strategy: BalancingStrategy
  readonly #options: PoolOptions
  readonly #onPanic: OnPanic | undefined
  readonly #members: Members
  readonly #trials = new WeakMap<LiveEndpoint, Lease>()
  #selection = NOBODY_YET
  /** There are other members than those that the offer was made from. */
  #renewed = false
  /** When the offer is to be worked out anew: -Infinity after a change, Infinity when nothing is to come. */
  #dueMs = Number.POSITIVE_INFINITY

  constructor(service: string, strategy: BalancingStrategy, options: PoolOptions, onPanic?: OnPanic) {
    this.service = service
    this.#strategy = strategy
    this.#options = options
    this.#onPanic = onPanic
    this.#members = new Members(options.probed)
  }

  get endpoints(): Iterable<LiveEndpoint> {
    return this.#members.all
  }

  /** Whom requests may go to at this moment. */
  get offer(): Offer {
    this.#catchUp()
    return this.#selection.offer
  }

  /** Whether health is ignored, because too few are healthy. */
  get panic(): boolean {
    return this.offer.panic
  }

  /** Whether the registry still names it. */
  has(endpoint: LiveEndpoint): boolean {
    return this.#members.has(endpoint)
  }

  /** Takes over all instances, and the ids of those that are only held. @returns as `change` does */
  update(instances: readonly Instance[], held: readonly string[] = []): readonly LiveEndpoint[] {
    return this.change(instances, this.#members.without(instances), held)
  }

  /**
   * Takes over the instances that are new or have changed, and the ids of those that are gone and of all that are only held.
   * Whom to offer is worked out when somebody asks: most services that change are not asked for in between.
   *
   * @returns the endpoints that left: no new picks, running leases end as they like
   */
  change(
    instances: readonly Instance[],
    gone: readonly string[],
    held: readonly string[] = [],
  ): readonly LiveEndpoint[] {
    const left = this.#members.change(instances, gone, held, this.#options.now())
    for (const endpoint of left) endpoint.offered = false
    this.#renewed = true
    this.#touch()
    const { probed, slowStartMs } = this.#options
    // Who is new, and how much of its weight it has, is decided beside those who were there before.
    if (probed || slowStartMs > 0) this.#catchUp()
    this.#tellStrategy()
    return left
  }

  /** Lets go of an endpoint that is only held, before the registry does. */
  letGo(endpoint: LiveEndpoint): void {
    endpoint.letGo = true
    this.#touch()
  }

  /** Offers the endpoint no more until that time, and then for a trial. Who decides it minds how many may be. */
  eject(endpoint: LiveEndpoint, untilMs: number): void {
    endpoint.ejectedUntilMs = untilMs
    endpoint.trial = 'none'
    this.#touch()
  }

  readmit(endpoint: LiveEndpoint): void {
    endpoint.ejectedUntilMs = 0
    endpoint.trial = 'none'
    this.#touch()
  }

  /** What active probes have found. An ejected endpoint that was down for them, and is up again, has its trial at once. */
  verdict(id: string, up: boolean): void {
    const endpoint = this.#members.get(id)
    if (!endpoint || endpoint.probe === (up ? 'up' : 'down')) return
    if (up && endpoint.probe === 'down' && endpoint.ejectedUntilMs > 0 && endpoint.trial === 'none')
      endpoint.trial = 'due'
    endpoint.probe = up ? 'up' : 'down'
    this.#touch()
  }

  /** An attempt came to a response head, or failed, after `latencyMs`. A failure says nothing about how fast the endpoint is. */
  observe(endpoint: LiveEndpoint, latencyMs: number, failed: boolean, nowMs: number): void {
    if (!failed) endpoint.observe(latencyMs, nowMs)
    this.#strategy.observe?.(endpoint, latencyMs, failed)
  }

  /**
   * Takes an endpoint that is not in `tried` and counts it as load.
   *
   * @returns undefined when none is left
   * @throws Error when the strategy returns something that it was not given
   */
  lease(context: LeaseContext, tried: readonly Endpoint[]): Lease | undefined {
    const chosen = this.choose(context, tried)
    return chosen && this.#take(chosen, this.chosenBy === 'trial')
  }

  /**
   * The choice of `lease`, by itself: the endpoint that the request's session is bound to; else one that is due for a trial;
   * else what the strategy picks, which takes its turn by it. Those that are not fit come when everybody else was tried.
   */
  choose(context: LeaseContext, tried: readonly Endpoint[]): LiveEndpoint | undefined {
    this.#catchUp()
    context.inFlight = this.inFlight
    this.chosenBy = 'session'
    const kept = this.kept(context)
    if (kept && !tried.includes(kept)) return kept
    const selection = this.#selection
    this.chosenBy = 'trial'
    if (tried.length === 0 && selection.nextTrial) return selection.nextTrial
    this.chosenBy = 'strategy'
    const offered = tried.length === 0 ? selection.offered() : selection.untried(tried)
    if (offered.length === 0) return undefined
    const picked = this.#strategy.pick(offered, context)
    if (!(picked instanceof LiveEndpoint)) throw new Error(`the strategy of service ${this.service} picked no endpoint`)
    return picked
  }

  /** The endpoint that the request's session is bound to, if it may go on there. */
  kept(context: PickContext): LiveEndpoint | undefined {
    const kept = this.#strategy.keeps?.(context)
    if (!(kept instanceof LiveEndpoint) || !this.has(kept)) return undefined
    const why = kept.offered ? undefined : whyUnfit(kept)
    return why === undefined || why === 'draining' ? kept : undefined
  }

  /** What the strategy compares of the endpoint, if it can tell, in a choice among those of its tier. */
  score(endpoint: LiveEndpoint, context: LeaseContext, tried: readonly Endpoint[] = []): number | undefined {
    if (!this.#strategy.score) return undefined
    this.#catchUp()
    context.inFlight = this.inFlight
    return this.#strategy.score(endpoint, context, this.#selection.rivals(endpoint, tried))
  }

  /** Why the endpoint is not offered; undefined if it is. */
  why(endpoint: LiveEndpoint): Why | undefined {
    this.#catchUp()
    return endpoint.offered ? undefined : (whyUnfit(endpoint) ?? 'other tier')
  }

  /** All endpoints, offered or not. */
  candidates(): readonly Candidate[] {
    const shares = new Map(this.offer.tiers.map(({ priority, share }) => [priority, share]))
    return this.#members.all.map((endpoint) => ({
      endpoint,
      why: this.why(endpoint),
      tier: endpoint.priority,
      share: shares.get(endpoint.priority) ?? 0,
      weight: endpoint.weight,
    }))
  }

  /** For leases only. */
  ended(lease: Lease): void {
    const { endpoint } = lease
    endpoint.inFlight--
    this.inFlight--
    // It came to nothing that could be judged, such as a client that went away.
    if (lease.trial && endpoint.trial === 'running' && this.#trials.get(endpoint) === lease) {
      endpoint.trial = 'due'
      this.#touch()
    }
    this.onFreed?.()
  }

  #take(endpoint: LiveEndpoint, trial: boolean): Lease {
    endpoint.picks++
    endpoint.inFlight++
    this.inFlight++
    const lease = new Lease(endpoint, trial, this)
    if (trial) {
      this.#selection.trialTaken()
      endpoint.trial = 'running'
      this.#trials.set(endpoint, lease)
    }
    return lease
  }

  #touch(): void {
    this.#dueMs = Number.NEGATIVE_INFINITY
  }

  #catchUp(): void {
    if (this.#dueMs === Number.POSITIVE_INFINITY) return
    const nowMs = this.#options.now()
    if (nowMs >= this.#dueMs) this.#work(nowMs)
  }

  #work(nowMs: number): void {
    const { panicBelow, slowStartMs } = this.#options
    const endpoints = this.#members.all
    const trialsMs = ripen(endpoints, nowMs)
    const warming = slowStartMs > 0 ? warm(endpoints, slowStartMs, nowMs, this.#options.wallMs()) : NOTHING_WARMS
    this.#dueMs = Math.min(trialsMs, warming.dueMs)
    needNewcomers(endpoints)
    const [renewed, { offer: before }] = [this.#renewed, this.#selection]
    this.#renewed = false
    const offer = offerOf(endpoints, panicBelow, renewed || warming.changed ? undefined : before)
    mark(endpoints, offer)
    this.#selection = new Selection(offer, this.#options.random)
    if (warming.changed && !renewed) this.#tellStrategy()
    if (before.panic !== this.#selection.offer.panic) this.#onPanic?.(this.service, !before.panic)
  }

  #tellStrategy(): void {
    this.#strategy.update?.([...this.#members.all])
  }
}
