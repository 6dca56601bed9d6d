import { setTimeout as sleep } from 'node:timers/promises'
import type { PluginContext } from '../../src/plugin/index.ts'
import { Bell } from './bell.ts'
import { Denied, type Link } from './link.ts'
import { Occupant, Taken } from './occupant.ts'
import { createEphemeral, remove, replace, Unfit } from './writing.ts'

/** What is to be there. */
export interface Held {
  readonly path: string
  readonly data: Buffer
}

/** One try to open a link; closes it when the signal aborts, also later. */
export type Connect = (signal: AbortSignal) => Promise<Link>

const BACKOFF_MS = 100
const MOST_BACKOFF_MS = 2000
/** Whoever is back within its session's time has lost nothing by it. */
const BACKOFFS_IN_SESSION = 4
/** Whoever stops a process seldom gives it more than 10 s to end. */
const TAKE_BACK_MS = 3000
const REMEMBERED_SESSIONS = 16

/**
 * Keeps one ephemeral node in being, through the loss of links, of sessions, of servers and of the node itself. A node of
 * a session that is dead is made anew, or it would be gone with it. Such a session is one of this registrar's own, or,
 * until it has first succeeded, that of any node which says exactly what is to be said: a process before this one
 * left it, or one that is alive and now stands by. Any other node is left alone, as `Occupant` says.
 */
export class Registrar {
  readonly #held: Held
  readonly #context: PluginContext
  readonly #connect: Connect
  readonly #bell = new Bell()
  readonly #ring = () => this.#bell.ring()
  readonly #occupant: Occupant
  /** The latest of ours. The node may be any one's: an answer may be lost after the node was made. */
  readonly #sessions = new Set<string>()
  #link: Link | undefined
  #failures = 0
  #times = 0

  constructor(held: Held, context: PluginContext, connect: Connect) {
    this.#held = held
    this.#context = context
    this.#connect = connect
    this.#occupant = new Occupant(held.path, context, this.#ring)
  }

  /**
   * Resolves when `signal` has aborted and the node is gone, or when 3 s have been spent on that.
   *
   * @throws Taken, Denied or Unfit
   */
  async hold(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.#tried(signal)
      if (this.#sessions.size > 0) await this.#takenBack()
    } finally {
      this.#occupant.gone()
      await this.#link?.close()
    }
  }

  async #tried(signal: AbortSignal): Promise<void> {
    try {
      await orAborted(this.#kept(signal), signal)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Taken || error instanceof Denied || error instanceof Unfit) throw error
      await this.#link?.close()
      this.#tell(error as Error)
      await sleep(this.#backoffMs(), undefined, { signal }).catch(() => {})
    }
  }

  /** With one link; rejects with the reason when it goes down. */
  async #kept(signal: AbortSignal): Promise<void> {
    const link = await this.#dialled(signal)
    const ended = AbortSignal.any([signal, link.down])
    for (;;) {
      ended.throwIfAborted()
      if (await this.#settled(link)) await this.#bell.heard(ended)
    }
  }

  /** `signal` ends the dialling, but not the link: that is still needed to take the node back. */
  async #dialled(signal: AbortSignal): Promise<Link> {
    const dialling = new AbortController()
    const stop = () => dialling.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const link = await this.#connect(dialling.signal)
      this.#link = link
      this.#sessions.add(link.session)
      for (const oldest of this.#sessions) if (this.#sessions.size > REMEMBERED_SESSIONS) this.#sessions.delete(oldest)
      return link
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Looks, and does what that asks for. False: look again; true: there is nothing to do before the bell rings. */
  async #settled(link: Link): Promise<boolean> {
    const { path, data } = this.#held
    const found = await link.node(path, this.#ring)
    if (!found) {
      if (await createEphemeral(link, path, data)) this.#made(link)
      return false
    }
    const { owner } = found
    if (owner === link.session) return true
    const ghost = owner && (this.#sessions.has(owner) || (this.#times === 0 && found.data?.equals(data)))
    if (!ghost) this.#occupant.met(owner, this.#times > 0, link.sessionTimeoutMs)
    else if (await replace(link, path, data)) this.#made(link)
    return !ghost
  }

  #made({ session }: Link): void {
    this.#failures = 0
    this.#occupant.gone()
    const { path } = this.#held
    this.#context.log.info({ path, session }, `${path} registered${this.#times++ > 0 ? ' again' : ''}`)
  }

  async #takenBack(): Promise<void> {
    const { path } = this.#held
    const patience = AbortSignal.timeout(TAKE_BACK_MS)
    try {
      await orAborted(this.#removed(patience), patience)
    } catch (error) {
      const { message } = error as Error
      this.#context.log.warn({ path, reason: message }, `${path} may stay until its session has expired: ${message}`)
    }
  }

  async #removed(patience: AbortSignal): Promise<void> {
    const { path } = this.#held
    if (!this.#link || this.#link.down.aborted) this.#link = await this.#connect(patience)
    const found = await this.#link.node(path, this.#ring)
    const owner = found?.owner
    if (owner && this.#sessions.has(owner)) await remove(this.#link, path)
  }

  #tell({ message }: Error): void {
    const { path } = this.#held
    const level = this.#failures++ === 0 ? 'warn' : 'debug'
    this.#context.log[level]({ path, reason: message }, `${path} is not registered and is tried again: ${message}`)
  }

  /** Full jitter: what lost one registry does not come back in step. */
  #backoffMs(): number {
    const mostMs = Math.min(
      MOST_BACKOFF_MS,
      (this.#link?.sessionTimeoutMs ?? Number.POSITIVE_INFINITY) / BACKOFFS_IN_SESSION,
    )
    return this.#context.random() * Math.min(mostMs, BACKOFF_MS * 2 ** Math.min(this.#failures - 1, 20))
  }
}

/** Settles as `work` does, or rejects as soon as the signal aborts; what becomes of `work` then is not heard. */
function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
