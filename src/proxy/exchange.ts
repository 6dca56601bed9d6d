import { validateHeaderValue } from 'node:http'
import type { LiveEndpoint } from '../balancing/index.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { PickContext } from '../plugin/index.ts'
import type { Route, RouteRequest } from '../routing/index.ts'
import type { Downstream, Intake } from './client-side.ts'
import type { ForwardedElement } from './headers/forwarded.ts'
import type { IncomingBody } from './incoming-body.ts'
import type { Peer } from './peer.ts'
import type { FieldValues, RequestFields } from './request-fields.ts'
import type { Tunnel } from './tunnel.ts'

/**
 * Why an exchange ended as it did: `complete` reached the client whole. Of tunnels: both sides closed it; `idle`: neither had
 * anything to say for too long; `drained`: the gateway said goodbye.
 */
export type Ending = 'complete' | 'client-closed' | 'upstream-broke' | 'idle' | 'drained'

export interface Cancellable {
  /** Stops the work and gives back what it holds. Harmless when it has ended. */
  cancel(): void
}

/** Why nothing more is to be tried; `stalled`: the request body has stopped coming. */
type Stop = 'client-closed' | 'deadline' | 'stalled'

/** One request on its way through this worker, from the first look at it to the log line. */
export class Exchange implements RouteRequest, PickContext {
  readonly id: string
  readonly startedMs: number
  method: string
  rawTarget: string
  /** As the client sent them, or as a middleware has put others in their place. */
  fields: RequestFields
  readonly httpVersion: string
  readonly encrypted: boolean
  /** undefined for a request that came over no socket of ours. */
  readonly peer: Peer | undefined
  readonly intake: Intake | undefined
  /** The client behind trusted proxies, or the peer itself. */
  clientAddress: string
  peerTrusted = false
  /** Elements of `Forwarded` that are believed, the one about the client first: where there is no `X-Forwarded-For`. */
  believed: readonly ForwardedElement[] | undefined
  /** null when the framing says that there is none. */
  body: IncomingBody | null
  /** The server that took the request bounds how long the body may stand still; the attempt need not. */
  bodyWatched = false
  /** What the client said about the length of its body; null when it did not. */
  bodyLength: number | null
  /** What may follow the body, asked for once that has ended: flat `[name, value, ...]`. null: nothing can. */
  trailers: (() => readonly string[]) | null = null
  /** The protocol that the client asks to switch to, and may; in lower case. */
  upgrade: string | null = null
  /** The client sends the body only when somebody reads it. */
  expectsContinue = false
  downstream: Downstream | undefined
  /** What an instance has opened by its 101. */
  tunnel: Tunnel | undefined

  route: Route | undefined
  endpoint: LiveEndpoint | undefined
  /** Leases of the service that have not ended; written by its pool before each pick. */
  inFlight = 0
  attempts = 0
  /** From the start of the attempt that answered to its response head. */
  upstreamMs: number | undefined
  code: ProblemCode | undefined
  upstreamBroke = false
  /** By when there must be a response head; Infinity: whenever it comes. */
  dueMs = Number.POSITIVE_INFINITY
  /** What runs for this exchange just now: a wait, an attempt, then the body of its answer. */
  running: Cancellable | undefined
  #cookies: Map<string, string> | undefined
  #stopped: Stop | undefined

  constructor(from: ExchangeFields) {
    this.id = from.id
    this.startedMs = from.startedMs
    this.method = from.method
    this.rawTarget = from.rawTarget
    this.fields = from.fields
    this.httpVersion = from.httpVersion
    this.encrypted = from.encrypted
    this.peer = from.peer
    this.intake = from.intake
    this.clientAddress = from.peer?.address ?? ''
    this.body = from.body
    this.bodyLength = from.bodyLength
  }

  get service(): string {
    return this.route?.service ?? ''
  }

  get path(): string {
    return this.route?.path ?? this.rawTarget
  }

  get bytesReceived(): number {
    return this.intake?.bytesReceived ?? 0
  }

  /** The client can be sent fields after a body. */
  get takesTrailers(): boolean {
    return this.method !== 'HEAD' && this.httpVersion !== '1.0'
  }

  get rawHeaders(): readonly string[] {
    return this.fields.raw
  }

  get headers(): FieldValues {
    return this.fields.table
  }

  /** @param name in lower case */
  header(name: string): string | undefined {
    return this.fields.get(name)
  }

  setCookie(name: string, value: string): void {
    validateHeaderValue('set-cookie', value)
    this.#cookies ??= new Map()
    this.#cookies.set(name, value)
  }

  /** Values of `Set-Cookie` for the response; undefined when there are none. */
  get cookies(): readonly string[] | undefined {
    return this.#cookies && [...this.#cookies.values()]
  }

  /** The client has gone: whatever still runs for it stops. */
  closeByClient(): void {
    this.#stopped = 'client-closed'
    this.running?.cancel()
  }

  /**
   * The client has all of an answer. What still runs is for nobody: the body of an instance's answer that was not used, or
   * a wait or an attempt behind a middleware that did not wait for it.
   */
  finish(): void {
    this.closeByClient()
  }

  /** `dueMs` has come before a response head: what was to bring one stops. */
  expire(): void {
    this.#stopped ??= 'deadline'
    this.running?.cancel()
  }

  /** The body has stopped coming, before a response head: what waits for it stops. */
  stall(): void {
    this.#stopped ??= 'stalled'
    this.running?.cancel()
  }

  get stopped(): Stop | undefined {
    return this.#stopped
  }

  /**
   * @throws GW_CLIENT_CLOSED when there is nobody left to answer, GW_REQUEST_TIMEOUT when the request never became whole,
   * GW_UPSTREAM_TIMEOUT when it is too late for an answer
   */
  assertGoing(): void {
    switch (this.#stopped) {
      case 'client-closed':
        throw new GatewayError('GW_CLIENT_CLOSED', 'the client closed the connection')
      case 'stalled':
        throw new GatewayError('GW_REQUEST_TIMEOUT', 'the request body stopped coming')
      case 'deadline':
        throw new GatewayError(
          'GW_UPSTREAM_TIMEOUT',
          'no instance sent a response head within the time for all attempts',
        )
    }
  }
}

type ExchangeFields = Pick<
  Exchange,
  | 'id'
  | 'startedMs'
  | 'method'
  | 'rawTarget'
  | 'fields'
  | 'httpVersion'
  | 'encrypted'
  | 'peer'
  | 'intake'
  | 'body'
  | 'bodyLength'
>
