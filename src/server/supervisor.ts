import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../plugin/index.ts'
import { rescueHandoffs } from './handoffs.ts'
import type { ToPrimary, ToWorker, WorkerStart } from './messages.ts'

const BACKOFF_MS = { first: 100, most: 10_000 }

export interface SupervisorOptions {
  readonly count: number
  readonly log: Logger
  /** What the worker in this slot is to be, asked for at each start. */
  startOf(slot: number): WorkerStart
  onMessage(message: ToPrimary): void
  onReplaced(): void
}

interface Slot {
  worker: Worker
  /** It was told what to be, with all that was registered then: from now on it needs what changes, and not what changed before. */
  started: boolean
  /** It has listened: what ends it now is no fault of its start. */
  listening: boolean
  ready: boolean
  failures: number
  reason?: string
}

/**
 * Keeps `count` workers alive. One that dies is replaced at once; one that dies before it has listened is replaced after a
 * delay that doubles, so that a fault which hits every start does not burn the machine.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #slots = new Map<number, Slot>()
  #leaving = false
  #started: { resolve(port: number): void; reject(error: Error): void } | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** @returns the port, once all workers listen. @throws Error with the reason when one cannot */
  start(): Promise<number> {
    const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
    cluster.setupPrimary({ exec: fileURLToPath(new URL(`./worker-main.${extension}`, import.meta.url)), args: [] })
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject }
      for (let slot = 0; slot < this.#options.count; slot++) this.#fork(slot, 0)
    })
  }

  /** Workers that listen. */
  get listening(): number {
    return [...this.#slots.values()].filter(({ listening }) => listening).length
  }

  /** True while some worker serves and none serves without a view. */
  get ready(): boolean {
    const serving = [...this.#slots.values()].filter(({ listening }) => listening)
    return serving.length > 0 && serving.every(({ ready }) => ready)
  }

  send(message: ToWorker): void {
    for (const { worker, started } of this.#slots.values()) if (started && worker.isConnected()) worker.send(message)
  }

  /** Lets all workers drain, and waits until the last has ended; one that has not by `deadlineMs` is killed. */
  async drain(deadlineMs: number): Promise<void> {
    this.#leaving = true
    const slots = [...this.#slots.values()]
    const ended = slots.map(({ worker }) => new Promise((exit) => worker.once('exit', exit)))
    const kill = (slot: Slot) => slot.worker.process.kill('SIGKILL')
    for (const slot of slots.filter(({ started }) => !started)) kill(slot)
    this.send({ type: 'drain' })
    const deadline = setTimeout(() => slots.forEach(kill), deadlineMs)
    await Promise.all(ended)
    clearTimeout(deadline)
  }

  #fork(slot: number, failures: number): void {
    const worker = cluster.fork()
    const state: Slot = { worker, started: false, listening: false, ready: false, failures }
    this.#slots.set(slot, state)
    rescueHandoffs(worker, () => !this.#leaving && [...this.#slots.values()].some((s) => s !== state && s.listening))
    worker.on('message', (message: ToPrimary) => this.#hear(slot, state, message))
    worker.on('error', () => undefined) // a message to a worker that has just died
    worker.once('exit', (code, signal) => this.#bury(slot, state, signal ?? `exit code ${code}`))
  }

  #hear(slot: number, state: Slot, message: ToPrimary): void {
    if (message.type === 'hello') {
      state.started = true
      state.worker.send({ type: 'start', start: this.#options.startOf(slot) } satisfies ToWorker)
    }
    if (message.type === 'failed') state.reason = message.reason
    if (message.type === 'ready') state.ready = true
    if (message.type === 'listening') {
      state.listening = true
      if (this.listening === this.#options.count) this.#started?.resolve(message.port)
    }
    this.#options.onMessage(message)
  }

  #bury(slot: number, state: Slot, how: string): void {
    this.#slots.delete(slot)
    if (this.#leaving) return
    if (state.reason && this.#started) this.#started.reject(new Error(state.reason))
    const failures = state.listening ? 0 : state.failures + 1
    const delayMs = failures === 0 ? 0 : Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** (failures - 1))
    this.#options.log.error(
      { worker: state.worker.process.pid, how, reason: state.reason, delayMs },
      'a worker died and is replaced',
    )
    this.#options.onReplaced()
    setTimeout(() => {
      if (!this.#leaving) this.#fork(slot, failures)
    }, delayMs)
  }
}
