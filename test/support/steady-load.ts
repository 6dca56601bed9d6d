import { Agent } from 'node:http'
import { onTestFinished } from 'vitest'
import { type Answered, Answers } from './answers.ts'
import { call } from './call.ts'
import { until } from './until.ts'

export interface SteadyLoadOptions {
  readonly perSecond: number
  readonly seconds: number
  readonly methods: readonly string[]
}

/** Connections that are kept at least: enough for each worker to get some. */
const KEPT = 8
/** Every so many requests come over a new connection. */
const FRESH_EVERY = 10
const TICK_MS = 5
const PATIENCE_MS = 10_000

/**
 * Asks one service so many times a second by the clock, whatever becomes of the answers: as its callers do, of whom none
 * knows how the others fare. Every other request names the service by headers, the rest by path.
 */
export class SteadyLoad {
  readonly #url: string
  readonly #service: string
  readonly #options: SteadyLoadOptions
  readonly #agents = Array.from({ length: KEPT }, () => new Agent({ keepAlive: true }))
  readonly #answered: Answered[] = []
  readonly #startedMs = performance.now()
  readonly #timer: NodeJS.Timeout
  #sent = 0

  constructor(url: string, service: string, options: SteadyLoadOptions) {
    this.#url = url
    this.#service = service
    this.#options = options
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    onTestFinished(() => this.#stop())
  }

  /** Resolves when it has gone on for so long. */
  async reached(seconds: number): Promise<void> {
    const { perSecond } = this.#options
    await until(`${seconds} s of load`, () => this.#sent >= seconds * perSecond, seconds * 1000 + PATIENCE_MS)
  }

  /** How long it has gone on. */
  get seconds(): number {
    return (performance.now() - this.#startedMs) / 1000
  }

  get soFar(): Answers {
    return new Answers(this.#answered)
  }

  /** All answers, once there is one to each request. */
  async finished(): Promise<Answers> {
    await this.reached(this.#options.seconds)
    await until('each request has come to an end', () => this.#answered.length === this.#sent, PATIENCE_MS)
    this.#stop()
    return new Answers(this.#answered)
  }

  #tick(): void {
    const { perSecond, seconds } = this.#options
    const due = Math.min(perSecond * seconds, Math.ceil(((performance.now() - this.#startedMs) * perSecond) / 1000))
    while (this.#sent < due) void this.#send(this.#sent++)
  }

  async #send(index: number): Promise<void> {
    const { methods } = this.#options
    const method = methods[index % methods.length]!
    const by = index % 2 === 0 ? 'path' : 'headers'
    const agent = index % FRESH_EVERY === 0 ? undefined : this.#agents[index % KEPT]
    const atMs = performance.now() - this.#startedMs
    const came = await this.#ask(by, method, `/user?id=${index}`, agent)
    this.#answered.push({ atMs, tookMs: performance.now() - this.#startedMs - atMs, method, by, ...came })
  }

  async #ask(by: Answered['by'], method: string, path: string, agent: Agent | undefined) {
    const kept = agent && { agent }
    const body = method === 'POST' ? { body: 'a user' } : {}
    const url = by === 'path' ? `${this.#url}/services/${this.#service}${path}` : `${this.#url}/`
    const headers: Record<string, string> = by === 'path' ? {} : { service_name: this.#service, api_name: path }
    try {
      const { status, headers: fields } = await call(url, { method, headers, ...body, ...kept })
      return { status, code: fields['x-portolan-error'] as string, instance: fields['x-instance'] as string }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return { status: 0, code: code ?? message, instance: undefined }
    }
  }

  #stop(): void {
    clearInterval(this.#timer)
    for (const agent of this.#agents) agent.destroy()
  }
}
