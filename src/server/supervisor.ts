import type { Worker } from 'node:cluster'
import type { Explanation, Question } from '../explain/index.ts'
import type { Verdict } from '../health/index.ts'
import type { Logger } from '../plugin/index.ts'
import type { RegistryUpdate } from '../registry/index.ts'
import { inTurns, slices } from '../registry/slices.ts'
import { completion } from '../registry/update.ts'
import { giveDoors } from './doors.ts'
import { rescueHandoffs } from './handoffs.ts'
import { Inquiries } from './inquiries.ts'
import type { ToPrimary, ToWorker, WorkerStart } from './messages.ts'
import { forkWorker, kill, type WorkerProcess } from './worker-process.ts'

const BACKOFF_MS = { first: 100, most: 10_000 }
/** A worker that has served for so long did not die of its start. */
const SETTLED_MS = 1000

export interface SupervisorOptions {
  readonly count: number
  readonly log: Logger
  /** One that has been started before it was known what it is to be: the first of them. */
  readonly ahead?: WorkerProcess | undefined
  /** What the worker in this slot is to be, asked for at each start. */
  startOf(slot: number): WorkerStart
}

/** What workers are told of, and who hears what they say. */
export interface ControlSide {
  /** All that is registered, in pieces. */
  table(): Iterable<RegistryUpdate>
  /** Whether that is all there is. */
  complete(): boolean
  /** All that active probes have found. */
  verdicts(): Iterable<Verdict>
  onMessage(slot: number, message: ToPrimary): void
  onReplaced(slot: number): void
}

interface Slot {
  worker: Worker
  /** It was told what to be. */
  started: boolean
  /** It has been sent all that is registered, and needs only what changes. */
  filled: boolean
  /** Monotonic; undefined until it listens. */
  listeningSinceMs: number | undefined
  ready: boolean
  failures: number
  reason?: string
}

/**
 * Keeps `count` workers alive, from before there is a control plane: they load their code while the first process loads its own. One that dies is replaced at once; one that dies at its start, or soon after,
 * is replaced after a delay that doubles, so that a fault which hits every start does not burn the machine.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #slots = new Map<number, Slot>()
  readonly #inquiries = new Inquiries()
  #control: ControlSide | undefined
  #verdicts: Verdict[] = []
  #leaving = false
  /** Until all workers have listened once. */
  #starting: { resolve(port: number): void; reject(error: Error): void } | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** @returns the port, once all workers listen. @throws Error with the reason when one cannot */
  start(): Promise<number> {
    const { count, ahead } = this.#options
    return new Promise((resolve, reject) => {
      this.#starting = { resolve, reject }
      for (let slot = 0; slot < count; slot++) this.#begin(slot, 0, slot === 0 ? ahead : undefined)
    })
  }

  /** From now on workers are told what is registered, and heard. */
  attach(control: ControlSide): void {
    this.#control = control
    for (const slot of this.#slots.values()) if (slot.started) void this.#fill(slot, control)
  }

  /** Workers that listen. */
  get listening(): number {
    return [...this.#slots.values()].filter(isListening).length
  }

  /** True while some worker serves and none serves without a view. */
  get ready(): boolean {
    const serving = [...this.#slots.values()].filter(isListening)
    return serving.length > 0 && serving.every(({ ready }) => ready)
  }

  /** Tells every worker what has changed. */
  tell(update: RegistryUpdate): void {
    this.#tellVerdicts() // an instance may be gone by this update, and another one have its id
    for (const slot of this.#slots.values())
      if (slot.started) send(slot, { type: 'update', update: slot.filled ? update : { ...update, complete: false } })
  }

  /**
   * Tells every worker what an active probe has found, together with what others find in the same turn. Those that do not know
   * the whole table yet hear of it after that.
   */
  tellVerdict(verdict: Verdict): void {
    if (this.#verdicts.length === 0) setImmediate(() => this.#tellVerdicts())
    this.#verdicts.push(verdict)
  }

  /** What one of the workers that serve says. @throws Error when none does, or it does not answer */
  async explain(question: Question): Promise<Explanation> {
    const serving = [...this.#slots.values()].find((slot) => isListening(slot) && slot.worker.isConnected())
    if (!serving) throw new Error('no worker serves just now')
    return this.#inquiries.ask(serving.worker, question)
  }

  /** Lets all workers drain, and waits until the last has ended; one that has not by `deadlineMs` is killed. */
  async drain(deadlineMs: number): Promise<void> {
    this.#leaving = true
    const slots = [...this.#slots.values()]
    const ended = slots.map(({ worker }) => new Promise((exit) => worker.once('exit', exit)))
    for (const { worker, started } of slots) if (!started) kill(worker)
    for (const slot of slots) if (slot.started) send(slot, { type: 'drain' })
    const deadline = setTimeout(() => this.#killAll(), deadlineMs)
    await Promise.all(ended)
    clearTimeout(deadline)
  }

  #killAll(): void {
    for (const { worker } of this.#slots.values()) kill(worker)
  }

  #tellVerdicts(): void {
    if (this.#verdicts.length === 0) return
    const verdicts = this.#verdicts
    this.#verdicts = []
    for (const slot of this.#slots.values()) if (slot.filled) send(slot, { type: 'verdicts', verdicts })
  }

  #begin(slot: number, failures: number, { worker, loaded }: WorkerProcess = forkWorker()): void {
    const state: Slot = { worker, started: false, filled: false, listeningSinceMs: undefined, ready: false, failures }
    this.#slots.set(slot, state)
    rescueHandoffs(worker, () => !this.#leaving && [...this.#slots.values()].some((s) => s !== state && isListening(s)))
    worker.on('message', (message: ToPrimary, handle) => {
      if (message.type === 'doors') giveDoors(worker, handle)
      else this.#hear(slot, state, message)
    })
    worker.once('exit', () => this.#bury(slot, state))
    if (worker.isDead()) this.#bury(slot, state)
    void loaded.then(() => this.#tellStart(slot, state))
  }

  #tellStart(slot: number, state: Slot): void {
    state.started = true
    send(state, { type: 'start', start: this.#options.startOf(slot) })
    if (this.#control) void this.#fill(state, this.#control)
  }

  #hear(slot: number, state: Slot, message: ToPrimary): void {
    if (message.type === 'failed') state.reason = message.reason
    if (message.type === 'ready') state.ready = true
    if (message.type === 'explained') this.#inquiries.answered(message.number, message.explanation)
    if (message.type === 'listening') {
      state.listeningSinceMs = performance.now()
      if (this.listening === this.#options.count) {
        this.#starting?.resolve(message.port)
        this.#starting = undefined
      }
    }
    this.#control?.onMessage(slot, message)
  }

  /** In turns: sending a large table at once would hold up the connections that wait for a worker. What changes meanwhile comes in between. */
  async #fill(state: Slot, control: ControlSide): Promise<void> {
    await inTurns(control.table(), (update) => send(state, { type: 'update', update }))
    state.filled = true
    for (const verdicts of slices(control.verdicts(), () => 0)) send(state, { type: 'verdicts', verdicts })
    send(state, { type: 'update', update: completion(control.complete()) })
  }

  #bury(slot: number, state: Slot): void {
    const { pid, exitCode, signalCode } = state.worker.process
    this.#slots.delete(slot)
    if (this.#leaving) return
    if (state.reason && this.#starting) {
      this.#leaving = true
      this.#killAll()
      this.#starting.reject(new Error(state.reason))
      return
    }
    const failures = isSettled(state) ? 0 : state.failures + 1
    const delayMs = failures === 0 ? 0 : Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** (failures - 1))
    this.#options.log.error(
      { worker: pid, how: signalCode ?? `exit code ${exitCode}`, reason: state.reason, delayMs },
      'a worker died and is replaced',
    )
    this.#control?.onReplaced(slot)
    setTimeout(() => {
      if (!this.#leaving) this.#begin(slot, failures)
    }, delayMs)
  }
}

function send({ worker }: Slot, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message)
}

const isListening = ({ listeningSinceMs }: Slot) => listeningSinceMs !== undefined

const isSettled = ({ listeningSinceMs = Infinity }: Slot) => performance.now() - listeningSinceMs >= SETTLED_MS
