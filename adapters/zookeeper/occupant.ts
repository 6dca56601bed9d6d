import type { PluginContext } from '../../src/plugin/index.ts'

/** Somebody else is registered there. */
export class Taken extends Error {
  readonly code = 'REGISTRATION_TAKEN'
}

/** A dead session may have been granted another timeout, and has all of it anew when the ensemble elects a leader. */
const PATIENCE_IN_SESSIONS = 2

/**
 * A node where ours is to be, that is not ours to delete. Whose session is dead will be gone; whoever is still there after
 * twice a session timeout is alive. A registration that has been made before stands by for as long as it takes.
 */
export class Occupant {
  readonly #path: string
  readonly #context: PluginContext
  readonly #ring: () => void
  #who: { readonly owner: string | undefined; readonly sinceMs: number } | undefined
  #reminder: NodeJS.Timeout | undefined

  /** `ring` is called when it is time to look again; whoever looks hears of changes by a watch. */
  constructor(path: string, context: PluginContext, ring: () => void) {
    this.#path = path
    this.#context = context
    this.#ring = ring
  }

  /**
   * It is there, of the session `owner`, or persistent if that is undefined.
   *
   * @throws Taken when it will not go, unless we `standBy`
   */
  met(owner: string | undefined, standBy: boolean, sessionTimeoutMs: number): void {
    clearTimeout(this.#reminder)
    const nowMs = this.#context.now()
    const known = this.#who !== undefined && this.#who.owner === owner ? this.#who : undefined
    this.#who = known ?? { owner, sinceMs: nowMs }
    const leftMs = owner ? this.#who.sinceMs + PATIENCE_IN_SESSIONS * sessionTimeoutMs - nowMs : 0
    if (!standBy && leftMs <= 0) throw new Taken(`${this.#path} is taken: ${told(owner)}`)
    if (!standBy) this.#reminder = setTimeout(this.#ring, leftMs)
    if (!known) this.#warn(owner, standBy ? undefined : leftMs)
  }

  gone(): void {
    clearTimeout(this.#reminder)
    this.#who = undefined
  }

  #warn(owner: string | undefined, patienceMs: number | undefined): void {
    const until = patienceMs === undefined ? '' : `, for at most ${Math.ceil(patienceMs / 1000)} s`
    this.#context.log.warn(
      { path: this.#path, owner },
      `${this.#path} is taken: ${told(owner)}; waits for it to go${until}`,
    )
  }
}

function told(owner: string | undefined): string {
  if (!owner) return 'the node is persistent, so that no end of a session removes it; delete it if nobody needs it'
  return `it belongs to somebody else, in session 0x${owner}`
}
