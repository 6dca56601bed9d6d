import { Exception } from 'node-zookeeper-client'
import { onTestFinished } from 'vitest'
import type { RegistryView } from '../../src/plugin/index.ts'
import { mulberry32 } from '../contract/index.ts'
import type { Driven } from './driven.ts'
import { until } from './until.ts'
import { Writer } from './zookeeper-writer.ts'

const LANES = 8
const OP_MS = 5000
const RETRY_MS = 60_000
const EXACT_MS = 25_000

/** A provider of everything below a root that knows exactly what is registered, whatever became of its connections. */
export class Truth {
  /** `service/10.0.0.1:port` and its weight. */
  readonly #weights = new Map<string, number>()
  readonly #services: readonly string[]
  readonly #root: string
  readonly #address: string
  #opening: Promise<Writer> | undefined
  #changes = 0
  #seed = 1

  private constructor(address: string, root: string, services: readonly string[]) {
    this.#address = address
    this.#root = root
    this.#services = services
  }

  /** Creates the services. `address` must not be that of a server that is stopped: what it has read it does when it goes on. */
  static async begin(address: string, root: string, services: number): Promise<Truth> {
    const names = Array.from({ length: services }, (_, index) => `service-${index}`)
    const truth = new Truth(address, root, names)
    onTestFinished(() => truth.#close())
    await truth.#createServices()
    return truth
  }

  get changes(): number {
    return this.#changes
  }

  /** Adds, changes and removes instances, eight at a time, until it is told to stop or there have been `most` changes. */
  churn(most = Number.POSITIVE_INFINITY): { stop(): Promise<void> } {
    const last = this.#changes + most
    let stopped = false
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      const random = mulberry32(this.#seed++)
      while (!stopped && this.#changes < last) await this.#change(random, lane)
    })
    const all = Promise.all(lanes)
    all.catch(() => {}) // told by `stop`
    return {
      async stop() {
        stopped = true
        await all
      },
    }
  }

  /** Makes so many changes. */
  async change(count: number): Promise<void> {
    const goal = this.#changes + count
    const churn = this.churn(count)
    await until(`${count} changes`, () => this.#changes >= goal, RETRY_MS)
    await churn.stop()
  }

  /** Has nothing registered any more, on a server that has lost it all. */
  async again(): Promise<void> {
    this.#weights.clear()
    await this.#close()
    await this.#createServices()
  }

  /** Resolves when the view says what is true, and nothing else. */
  async seenBy(driven: Driven): Promise<void> {
    const said = () => JSON.stringify(this.difference(driven.view))
    const exact = JSON.stringify({ missing: 0, extra: 0, stale: 0 })
    await until('the truth', () => said() === exact, EXACT_MS).catch((error: Error) => {
      throw new Error(`${error.message}: ${said()} after ${driven.errors.join(' | ') || 'no failure'}`)
    })
  }

  difference(view: RegistryView | undefined): { missing: number; extra: number; stale: number } {
    const seen = new Map<string, number>()
    for (const [name, list] of view ?? []) {
      seen.set(name, 0)
      for (const { id, weight } of list) seen.set(`${name}/${id}`, weight)
    }
    const truth = new Map([...this.#services.map((name) => [name, 0] as const), ...this.#weights])
    const keys = [...truth.keys()]
    return {
      missing: keys.filter((key) => !seen.has(key)).length,
      extra: [...seen.keys()].filter((key) => !truth.has(key)).length,
      stale: keys.filter((key) => seen.has(key) && seen.get(key) !== truth.get(key)).length,
    }
  }

  /** A lane has ports of its own, so no two changes of one instance are under way at once. */
  async #change(random: () => number, lane: number): Promise<void> {
    const service = this.#services[Math.floor(random() * this.#services.length)]!
    const port = 1 + lane + LANES * Math.floor(random() * 4)
    const key = `${service}/10.0.0.1:${port}`
    const path = `${this.#root}/${key}`
    const there = this.#weights.has(key)
    if (there && random() < 0.5) {
      await this.#insist((writer) => writer.remove(path), Exception.NO_NODE)
      this.#weights.delete(key)
    } else {
      const weight = 1 + Math.floor(random() * 1000)
      const put = (writer: Writer) =>
        there ? writer.set(path, data(port, weight)) : writer.put(path, data(port, weight))
      await this.#insist(put)
      this.#weights.set(key, weight)
    }
    this.#changes++
  }

  async #createServices(): Promise<void> {
    for (const name of this.#services)
      await this.#insist((writer) => writer.create(`${this.#root}/${name}`), Exception.NODE_EXISTS)
  }

  /** Until it is known to be done; `done` is the error that says that it was done before. */
  async #insist(change: (writer: Writer) => Promise<void>, done?: number): Promise<void> {
    const deadline = Date.now() + RETRY_MS
    for (;;) {
      this.#opening ??= Writer.open(this.#address)
      const opening = this.#opening
      try {
        return await within(OP_MS, change(await opening))
      } catch (error) {
        if ((error as { code?: number }).code === done && done !== undefined) return
        if (Date.now() > deadline) throw error
        await this.#leave(opening)
      }
    }
  }

  async #leave(opening: Promise<Writer>): Promise<void> {
    if (this.#opening !== opening) return
    this.#opening = undefined
    await opening.then((writer) => writer.abandon()).catch(() => {})
  }

  async #close(): Promise<void> {
    if (this.#opening) await this.#leave(this.#opening)
  }
}

function data(port: number, weight: number): string {
  return JSON.stringify({ IP: '10.0.0.1', PublicPort: port, Tags: null, Attrs: { weight: String(weight) } })
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
