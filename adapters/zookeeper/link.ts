import type { ConnectionOptions } from 'node:tls'
import { type OwnedClient, ownedClient, type Stat, silence, Unauthenticated, verdict } from './client.ts'
import { connection } from './connection.ts'
import { getData, type Znode } from './get-data.ts'
import { printed, type Server } from './hosts.ts'
import type { Secret } from './secret.ts'
import { handed, type Watcher } from './watches.ts'

export interface LinkOptions {
  readonly sessionTimeoutMs: number
  /** From the look-up of the name to the first answer in the session. */
  readonly connectTimeoutMs: number
  readonly auth?: { readonly scheme: string; readonly id: Secret } | undefined
  readonly tls?: ConnectionOptions | undefined
  /** The last transaction known of: a server that has not got so far refuses the session. 0 takes any server. */
  readonly zxid?: bigint
}

/** One path may not be read, or not be written. The link lives on. */
export class Denied extends Error {}

export type Done<Answer> = (error: unknown, answer: Answer) => void

const CLOSE_MS = 500
const MIN_BEAT_MS = 200

/**
 * One client, one connection, one session; never a second of any. A reader owns nothing in its session, so there is
 * nothing worth reconnecting for: when anything at all goes wrong `down` aborts, with the reason, and a new link reads
 * everything anew.
 *
 * A path has one watcher for its children, one for its data and one for its creation: the last that was given. It is called
 * once for each reading that left it, with the path.
 */
export class Link {
  readonly #server: Server
  readonly #options: LinkOptions
  readonly #client: OwnedClient
  readonly #down = new AbortController()
  readonly #waiting = new Set<(why: Error) => void>()
  #beatMs = Number.POSITIVE_INFINITY
  #heartbeat: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  #refused = false

  constructor(server: Server, options: LinkOptions) {
    this.#server = server
    this.#options = options
    this.#client = ownedClient(options.sessionTimeoutMs)
    this.#client.connectionManager.zxid.writeBigInt64BE(options.zxid ?? 0n)
  }

  get down(): AbortSignal {
    return this.#down.signal
  }

  /** Asked for; what the server has granted once it is open. */
  get sessionTimeoutMs(): number {
    return this.#client.getSessionTimeout()
  }

  /** Whether the server could be reached and ended the connection without a session. */
  get refused(): boolean {
    return this.#refused
  }

  /** The last transaction that the server had seen when it last answered. */
  get zxid(): bigint {
    return this.#client.connectionManager.zxid.readBigInt64BE()
  }

  /**
   * Resolves with a session in which a first question has been answered, for not before that a server says that it does
   * not take the authentication; rejects when there is none within `connectTimeoutMs`.
   */
  async open(): Promise<void> {
    const client = this.#client
    const { auth, tls, connectTimeoutMs } = this.#options
    const manager = client.connectionManager
    manager.connect = () =>
      connection(manager, this.#server, tls, (error, refused) => {
        this.#refused ||= refused
        this.#fail(error)
      })
    manager.onSocketTimeout = () => {} // the library's ping, whose answer it does not wait for
    client.on('expired', () => this.#fail(new Error('session refused: expired')))
    client.on('authenticationFailed', () =>
      this.#fail(new Unauthenticated(`does not accept the auth of scheme ${auth?.scheme}`)),
    )
    if (auth) client.addAuthInfo(auth.scheme, Buffer.from(auth.id.reveal()))
    await this.#ask<void>('no session', connectTimeoutMs, (done) => {
      const answered = (error: unknown) => done(error && verdict(error) === 'broken' ? error : undefined, undefined)
      client.on('connected', () => client.exists('/', answered))
      client.connect()
    })
    this.down.throwIfAborted() // a heart started now would beat for ever
    this.#beatMs = Math.max(MIN_BEAT_MS, Math.floor(client.getSessionTimeout() / 3))
    // Whoever waits for `down` hears of a beat that fails.
    const beat = () => this.#read<Stat>('exists', '/', (done) => client.exists('/', done)).catch(() => {})
    this.#heartbeat = setInterval(beat, this.#beatMs)
  }

  /** Child names, and a watch for the next change of them; `undefined`, and no watch, when there is no such node. */
  children(path: string, watcher: Watcher): Promise<string[] | undefined> {
    return this.#read('getChildren', path, (done) => this.#client.getChildren(path, handed(watcher), done))
  }

  /** Data, and a watch for the next change or the deletion; `undefined`, and no watch, when there is no such node. */
  node(path: string, watcher: Watcher): Promise<Znode | undefined> {
    return this.#read<Znode>('getData', path, (done) =>
      getData(this.#client, path, watcher, (error, node) => done(error, node!)),
    )
  }

  /** Whether the node exists, and a watch for its creation. */
  async exists(path: string, watcher: Watcher): Promise<boolean> {
    const stat = await this.#read<Stat | null>('exists', path, (done) =>
      this.#client.exists(path, handed(watcher), done),
    )
    return Boolean(stat)
  }

  /** Of an open link, in hexadecimal, as it stands in the `ephemeralOwner` of what the session owns. */
  get session(): string {
    return this.#client.getSessionId().toString('hex')
  }

  /** A request that has no method here. What a server refuses for the path alone rejects, and the link lives on. */
  request<Answer>(what: string, send: (client: OwnedClient, done: Done<Answer>) => void): Promise<Answer> {
    return this.#ask(`no answer to ${what}`, this.#beatMs, (done) => send(this.#client, done))
  }

  /** Ends the session at the server if that is possible within 500 ms, and the connection in any case. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // Before it has a session the library cannot close: it would take the session for the answer.
    if (this.#heartbeat !== undefined && !this.down.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MS)
        this.down.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
        clearInterval(this.#heartbeat)
        this.#guard(() => this.#client.close())
      })
    this.#fail(new Error('closed'))
  }

  async #read<Answer>(what: string, path: string, send: (done: Done<Answer>) => void): Promise<Answer | undefined> {
    try {
      return await this.#ask(`no answer to ${what} ${path}`, this.#beatMs, send)
    } catch (error) {
      if (verdict(error) === 'gone') return undefined
      if (verdict(error) === 'denied')
        throw new Denied(this.#told(`the ACL of ${path} lets nobody here read it`), { cause: error })
      throw error
    }
  }

  /** Every question has a deadline; missing it is the end of the link, for a hung server looks just like that. */
  #ask<Answer>(unanswered: string, deadlineMs: number, send: (done: Done<Answer>) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.down.aborted) return reject(this.down.reason)
      // The library would answer by itself that the connection is lost, which it is not until it has been closed.
      if (this.#closing) return reject(new Error(this.#told('closed')))
      const miss = () => this.#waiting.has(abandon) && this.#fail(new Error(`${unanswered} within ${deadlineMs} ms`))
      // After a long turn of the event loop timers are due before the answers that have come meanwhile are read.
      const late = () => setImmediate(miss)
      const timer = setTimeout(late, deadlineMs)
      const settle = () => this.#waiting.delete(abandon) && clearTimeout(timer)
      const abandon = (why: Error) => {
        settle()
        reject(why)
      }
      this.#waiting.add(abandon)
      this.#bundle()
      this.#guard(() =>
        send((error, answer) => {
          if (error && verdict(error) === 'broken') this.#fail(error as Error)
          settle()
          error ? reject(error) : resolve(answer)
        }),
      )
    })
  }

  /** All that is asked in one turn of the event loop in one write: the library writes question by question. */
  #bundle(): void {
    const { socket } = this.#client.connectionManager
    if (!socket || socket.writableCorked > 0) return
    socket.cork()
    process.nextTick(() => socket.uncork())
  }

  /** What the library throws ends the link, not the process. */
  #guard(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(cause: Error): void {
    if (this.down.aborted) return
    // An AggregateError, what a name with several addresses fails with, has a code but no message.
    const reason = cause.message || String((cause as NodeJS.ErrnoException).code)
    const why = new Error(this.#told(reason), { cause })
    clearInterval(this.#heartbeat)
    silence(this.#client)
    this.#down.abort(why)
    for (const abandon of [...this.#waiting]) abandon(why)
  }

  #told(what: string): string {
    return `ZooKeeper ${printed(this.#server)}: ${what}`
  }
}
