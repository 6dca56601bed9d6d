import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from 'node-zookeeper-client'
import type { RegistryView } from '../../src/plugin/index.ts'
import { mulberry32 } from '../contract/index.ts'

const BURST_MS = 5

/**
 * A writer that keeps the truth. It does not wait for answers: what one session asks for is done in that order. Its random
 * changes are the same for the same seed.
 */
export class Oracle {
  /** The weight of each instance, by port, by service. */
  readonly truth = new Map<string, Map<number, number>>()
  readonly #client: Client
  readonly #root: string
  readonly #random: () => number
  readonly #size: { readonly services: number; readonly ports: number }
  #asked: Promise<unknown>[] = []
  #weight = 0

  private constructor(client: Client, root: string, seed: number, size: { services: number; ports: number }) {
    this.#client = client
    this.#root = root
    this.#random = mulberry32(seed)
    this.#size = size
  }

  static async open(address: string, root: string, seed: number, size: { services: number; ports: number }) {
    const client = createClient(address, { sessionTimeout: 30_000 })
    const connected = once(client, 'connected', { signal: AbortSignal.timeout(10_000) })
    client.connect()
    await connected
    const oracle = new Oracle(client, root, seed, size)
    oracle.#ask((done) => client.mkdirp(root, done))
    await oracle.quiet()
    for (let index = 0; index < size.services / 2; index++) oracle.#createService(`s${index}`)
    await oracle.quiet()
    return oracle
  }

  /** So many changes a second, whatever becomes of them. */
  async churn(perSecond: number, ms: number): Promise<void> {
    const start = performance.now()
    for (let made = 0, nowMs = 0; nowMs < ms; nowMs = performance.now() - start) {
      for (; made < (nowMs / 1000) * perSecond; made++) this.#change()
      await sleep(BURST_MS)
    }
  }

  /** All that was asked for has been done. */
  async quiet(): Promise<void> {
    await Promise.all(this.#asked)
    this.#asked = []
  }

  /** What a view says that is not the truth, or does not say of it. The names there begin with `prefix`. */
  differences(view: RegistryView, prefix = ''): string[] {
    const said = new Set(linesOf(view))
    const expected = [...this.truth].flatMap(([name, list]) => [
      `${prefix}${name}: ${list.size}`,
      ...[...list].map(([port, weight]) => `${prefix}${name}/10.0.0.1:${port}=${weight}`),
    ])
    const missing = expected.filter((line) => !said.delete(line))
    return [...missing.map((line) => `missing ${line}`), ...[...said].map((line) => `extra ${line}`)]
  }

  close(): void {
    this.#client.close()
  }

  #change(): void {
    const name = `s${this.#below(this.#size.services)}`
    const service = this.truth.get(name)
    if (!service) return void this.#createService(name)
    if (this.#random() < 0.01) return void this.#removeService(name, service)
    const port = 1 + this.#below(this.#size.ports)
    if (!service.has(port)) return void this.#create(name, service, port)
    const chance = this.#random()
    if (chance < 0.4) return void this.#set(name, service, port)
    this.#remove(name, service, port)
    if (chance < 0.6) this.#create(name, service, port)
  }

  #create(name: string, service: Map<number, number>, port: number): void {
    const data = this.#data(service, port)
    this.#ask((done) => this.#client.create(this.#path(name, port), data, done))
  }

  #set(name: string, service: Map<number, number>, port: number): void {
    const data = this.#data(service, port)
    this.#ask((done) => this.#client.setData(this.#path(name, port), data, done))
  }

  #remove(name: string, service: Map<number, number>, port: number): void {
    service.delete(port)
    this.#ask((done) => this.#client.remove(this.#path(name, port), done))
  }

  #createService(name: string): void {
    this.truth.set(name, new Map())
    this.#ask((done) => this.#client.create(this.#path(name), done))
  }

  #removeService(name: string, service: Map<number, number>): void {
    for (const port of service.keys()) this.#remove(name, service, port)
    this.truth.delete(name)
    this.#ask((done) => this.#client.remove(this.#path(name), done))
  }

  /** A weight that was never there before: what is stale is seen. */
  #data(service: Map<number, number>, port: number): Buffer {
    this.#weight++
    service.set(port, this.#weight)
    return Buffer.from(JSON.stringify({ IP: '10.0.0.1', PublicPort: port, Attrs: { weight: String(this.#weight) } }))
  }

  #path(name: string, port?: number): string {
    return port === undefined ? `${this.#root}/${name}` : `${this.#root}/${name}/10.0.0.1:${port}`
  }

  #ask(call: (done: (error: unknown) => void) => void): void {
    this.#asked.push(new Promise<void>((resolve, reject) => call((error) => (error ? reject(error) : resolve()))))
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}

function linesOf(view: RegistryView): string[] {
  return [...view].flatMap(([name, list]) => [
    `${name}: ${list.length}`,
    ...list.map(({ id, weight }) => `${name}/${id}=${weight}`),
  ])
}
