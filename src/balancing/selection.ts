import type { Endpoint } from '../plugin/index.ts'
import type { LiveEndpoint } from './endpoint.ts'
import type { Offer, Tier } from './offer.ts'
import { trialsOf } from './trials.ts'

const NOBODY: readonly LiveEndpoint[] = []
const MOST_KEPT = 8

/** An offer, prepared so that a request costs next to nothing: no list is made for one that has tried nobody. */
export class Selection {
  readonly offer: Offer
  readonly #random: () => number
  /** Those that take load. */
  readonly #tiers: readonly Tier[]
  readonly #trials: LiveEndpoint[]
  /** Lists for second tries, by the endpoint that is left out: strategies work things out per list. */
  #without: Map<Endpoint, readonly LiveEndpoint[]> | undefined

  constructor(offer: Offer, random: () => number) {
    this.offer = offer
    this.#random = random
    this.#tiers = offer.tiers.filter(({ share }) => share > 0)
    this.#trials = trialsOf(offer)
  }

  /** Whose trial the next request is. */
  get nextTrial(): LiveEndpoint | undefined {
    return this.#trials.length === 0 ? undefined : this.#trials.at(-1)
  }

  /** Each one has it once. */
  trialTaken(): void {
    this.#trials.pop()
  }

  /** For a first try. */
  offered(): readonly LiveEndpoint[] {
    return this.#draw()
  }

  /** For one more try: whoever is left of the tier, else of the others, else of those that are not fit. */
  untried(tried: readonly Endpoint[]): readonly LiveEndpoint[] {
    return this.#left(tried, this.#draw())
  }

  /** Whom a try is chosen from when it comes to the tier of this endpoint, or, if that takes no load, to the best one. */
  rivals({ priority }: LiveEndpoint, tried: readonly Endpoint[]): readonly LiveEndpoint[] {
    const tier = this.#tiers.find((one) => one.priority === priority) ?? this.#tiers[0]
    const endpoints = tier?.endpoints ?? NOBODY
    return tried.length === 0 ? endpoints : this.#left(tried, endpoints)
  }

  #left(tried: readonly Endpoint[], drawn: readonly LiveEndpoint[]): readonly LiveEndpoint[] {
    const isLeft = (endpoint: LiveEndpoint) => !tried.includes(endpoint)
    const left = tried.length === 1 ? this.#allBut(tried[0]!, drawn) : drawn.filter(isLeft)
    if (left.length > 0) return left
    for (const { endpoints } of this.offer.tiers) {
      const others = endpoints.filter(isLeft)
      if (others.length > 0) return others
    }
    return this.offer.candidates.filter(isLeft)
  }

  /** The list of one tier, each as often as its share says; chance is asked only where there is a choice. */
  #draw(): readonly LiveEndpoint[] {
    const tiers = this.#tiers
    if (tiers.length < 2) return tiers[0]?.endpoints ?? NOBODY
    let at = this.#random()
    for (const { share, endpoints } of tiers) {
      at -= share
      if (at < 0) return endpoints
    }
    return tiers.at(-1)!.endpoints
  }

  #allBut(one: Endpoint, endpoints: readonly LiveEndpoint[]): readonly LiveEndpoint[] {
    if (!endpoints.includes(one as LiveEndpoint)) return endpoints
    this.#without ??= new Map()
    const known = this.#without.get(one)
    if (known) return known
    const others = endpoints.filter((endpoint) => endpoint !== one)
    if (this.#without.size === MOST_KEPT) this.#without.clear()
    this.#without.set(one, others)
    return others
  }
}
