import type { PluginContext } from '../../src/plugin/index.ts'
import { Unauthenticated } from './client.ts'
import { printed } from './hosts.ts'
import { Link, type LinkOptions } from './link.ts'
import type { Options } from './options.ts'
import { secured } from './tls-files.ts'

type Connecting = Pick<Options, 'hosts' | 'sessionTimeout' | 'connectTimeout' | 'auth' | 'tls'>

/** A server that lags behind the others has caught up by then. */
const WENT_BACK_MS = 30_000

/**
 * The servers of an ensemble, and what is remembered of them from one link to the next: whose turn it is, and the last
 * transaction. A server that has not got so far refuses, so nothing that has been seen is undone by another server.
 */
export class Servers {
  readonly #options: Connecting
  readonly #context: PluginContext
  #turn: number
  #seen = 0n
  #refusedSince: number | undefined
  #complained = false

  constructor(options: Connecting, context: PluginContext) {
    this.#options = options
    this.#context = context
    this.#turn = Math.floor(context.random() * options.hosts.length) // gateways need not all ask the same server first
  }

  /**
   * Asks every server once, starting where the call before this one left off. The link closes when `signal` aborts.
   *
   * @throws Error with what each of them said, or that names the file of a certificate
   */
  async connect(signal: AbortSignal): Promise<Link> {
    const { sessionTimeout, connectTimeout, auth, tls } = this.#options
    const options: LinkOptions = {
      sessionTimeoutMs: sessionTimeout,
      connectTimeoutMs: connectTimeout,
      auth,
      tls: tls && (await secured(tls, this.#context.directory)),
    }
    const reasons: string[] = []
    const link =
      (await this.#round({ ...options, zxid: this.#seen }, signal, reasons)) ??
      (this.#mayHaveGoneBack() ? await this.#round(options, signal, reasons) : undefined)
    if (!link) throw new Error(reasons.join('; '))
    this.#opened(link)
    return link
  }

  async #round(options: LinkOptions, signal: AbortSignal, reasons: string[]): Promise<Link | undefined> {
    const { hosts } = this.#options
    let refused = false
    for (const _each of hosts) {
      signal.throwIfAborted()
      const server = hosts[this.#turn++ % hosts.length]!
      const link = new Link(server, options)
      try {
        await this.#open(link, signal)
        this.#context.log[reasons.length === 0 ? 'debug' : 'warn'](
          { server: printed(server), reasons },
          'ZooKeeper session opened',
        )
        return link
      } catch (error) {
        reasons.push((error as Error).message)
        refused ||= link.refused
        this.#complain(error as Error)
      }
    }
    this.#refusedSince = refused ? (this.#refusedSince ?? this.#context.now()) : undefined
    return undefined
  }

  async #open(link: Link, signal: AbortSignal): Promise<void> {
    const close = () => void link.close()
    signal.addEventListener('abort', close, { once: true })
    link.down.addEventListener('abort', () => {
      signal.removeEventListener('abort', close)
      if (link.zxid > this.#seen) this.#seen = link.zxid
    })
    await link.open()
  }

  /** Whoever watches is told of each failure as well, but may take it for one that passes by itself. */
  #complain({ message, cause }: Error): void {
    if (!(cause instanceof Unauthenticated) || this.#complained) return
    this.#complained = true
    this.#context.log.error({ reason: message }, message)
  }

  /** Servers also refuse for want of a quorum: only one that takes a client which knows of nothing tells. */
  #mayHaveGoneBack(): boolean {
    return this.#seen > 0n && this.#context.now() - (this.#refusedSince ?? Number.POSITIVE_INFINITY) >= WENT_BACK_MS
  }

  #opened(link: Link): void {
    this.#refusedSince = undefined
    this.#complained = false
    if (link.zxid >= this.#seen) return
    const [was, is] = [this.#seen, link.zxid].map((zxid) => `0x${zxid.toString(16)}`)
    this.#seen = link.zxid
    const message = `ZooKeeper went back from transaction ${was} to ${is}: its data was wiped or restored, and is read anew`
    this.#context.log.warn({ was, is }, message)
  }
}
