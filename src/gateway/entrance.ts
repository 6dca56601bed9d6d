import { GatewayError } from '../errors.ts'
import type { Logger } from '../plugin/index.ts'
import { type Asker, atEndOfTurn, type Exchange, type Task, Trying } from '../proxy/index.ts'
import type { Result } from './access-log.ts'
import { deliver } from './deliver.ts'
import { Adapter, FetchSide, type RequestSource } from './fetch-side.ts'
import { claim } from './problem.ts'
import { answerProblem } from './refusal.ts'
import type { Reply, Witness } from './reply.ts'
import type { Pressure, Shortage } from './shedding/index.ts'

export interface EntranceOptions {
  readonly log: Logger
  ask(exchange: Exchange, source: RequestSource): Response | PromiseLike<Response>
  requestId(offered: string | string[] | undefined): string
  recogniseClient(exchange: Exchange): void
  finished(exchange: Exchange, result: Result): void
  /** A request is refused for want of this. */
  shed(shortage: Shortage): void
  now(): number
}

/** What happens to every request, whatever the protocol that it came by: an exchange begins, the app answers, the answer leaves. */
export class Entrance {
  /** From now on every answer asks its client to close. */
  leaving = false
  readonly #options: EntranceOptions
  readonly #pressure: Pressure
  readonly #adapter = new Adapter()

  constructor(options: EntranceOptions, pressure: Pressure) {
    this.#options = options
    this.#pressure = pressure
  }

  /** The id of a request: its `X-Request-Id`, if it could be one. */
  idOf(offered: string | string[] | undefined): string {
    return this.#options.requestId(offered)
  }

  /** Why no more requests are let in for now, if so. */
  shed(): GatewayError | undefined {
    const { shortage } = this.#pressure
    if (shortage === null) return undefined
    this.#options.shed(shortage)
    return new GatewayError('GW_OVERLOADED', `the gateway has too much to do: server.shedding.${shortage} is reached`)
  }

  take(exchange: Exchange, reply: Reply, witness: Witness): void {
    this.#options.recogniseClient(exchange)
    reply.carry(exchange, witness)
  }

  serve(reply: Reply): void {
    const side = new FetchSide(this.#adapter, reply)
    try {
      const asked = this.#options.ask(reply.exchange, side)
      const departure = new Departure(reply, side, this)
      if (asked instanceof Trying) asked.tell(departure)
      else if (!('then' in asked)) departure.answered(asked)
      else
        asked.then(
          (response) => departure.answered(response),
          (thrown) => departure.failed(thrown),
        )
    } catch (thrown) {
      this.rescue(thrown, reply)
    }
  }

  /** Only for what `serve` has come to. */
  send(response: Response, reply: Reply, side: FetchSide): void {
    try {
      this.#sayGoodbye(reply)
      const rest = deliver(response, reply)
      if (rest) side.answer(rest)
    } catch (thrown) {
      this.rescue(thrown, reply)
    }
  }

  /**
   * Only for what `serve` has come to: the forwarding, or, beyond the app's own rescue, what is no Error or an answer that cannot be
   * written.
   */
  rescue(thrown: unknown, reply: Reply): void {
    this.#sayGoodbye(reply)
    answerProblem(reply, claim(thrown, reply.exchange, this.#options.log))
  }

  #sayGoodbye(reply: Reply): void {
    if (this.leaving || this.#pressure.high) reply.closeBehind()
  }
}

/** An answer that leaves at the end of the turn. No closure: that would hold on to all of `serve` from its start. */
class Departure implements Task, Asker {
  #response!: Response
  readonly #reply: Reply
  readonly #side: FetchSide
  readonly #entrance: Entrance

  constructor(reply: Reply, side: FetchSide, entrance: Entrance) {
    this.#reply = reply
    this.#side = side
    this.#entrance = entrance
  }

  answered(response: Response): void {
    this.#response = response
    atEndOfTurn(this)
  }

  failed(thrown: unknown): void {
    this.#entrance.rescue(thrown, this.#reply)
  }

  run(): void {
    this.#entrance.send(this.#response, this.#reply, this.#side)
  }
}
