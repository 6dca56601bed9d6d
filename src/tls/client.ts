import { isIP } from 'node:net'
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { type Contents, readFilesNow, watchFiles } from './files.ts'
import { authorityDefects, type Defect, type Pair, pairDefects } from './pem.ts'

export interface ClientFiles {
  /** Who may have signed certificates of servers; null: the well-known authorities. */
  readonly ca: string | null
  /** Shown to servers; null: nothing is. */
  readonly cert: string | null
  readonly key: string | null
}

export interface ClientSettings extends ClientFiles {
  /** That the certificate must bear; null: the host of the server. */
  readonly serverName: string | null
  /** Whether the certificate of the server is checked at all. */
  readonly verify: boolean
}

interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export function clientDefects(files: ClientFiles, contents: Contents): Defect[] {
  const found = files.ca === null ? [] : authorityDefects(files.ca, contents)
  const { cert, key } = files
  if (cert !== null && key !== null) return [...found, ...pairDefects({ cert, key } satisfies Pair, contents)]
  if (cert !== null) found.push({ part: 'cert', path: cert, message: 'the two go together, and there is no "key"' })
  if (key !== null) found.push({ part: 'key', path: key, message: 'the two go together, and there is no "cert"' })
  return found
}

/** How servers are met that are met alike: always with the newest files that belong together. */
export class ClientTls {
  readonly settings: ClientSettings
  readonly close: () => void
  #context: SecureContext | undefined
  #defect: Defect | undefined

  constructor(settings: ClientSettings, log: Log) {
    this.settings = settings
    const { ca, cert, key } = settings
    const contents = readFilesNow([ca, cert, key].filter((path) => path !== null))
    this.#take(contents)
    this.close = watchFiles(contents, (changed) => {
      if (this.#take(changed)) {
        log.info({}, 'changed certificates are used with instances from now on')
        return
      }
      const { path, message } = this.#defect!
      log.warn(
        { file: path, reason: message },
        'changed certificates are not used with instances: the former ones stay',
      )
    })
  }

  /** @throws Error when there never were files that are good */
  get context(): SecureContext {
    if (this.#context) return this.#context
    const { path, message } = this.#defect!
    throw new Error(`${path}: ${message}`)
  }

  #take(contents: Contents): boolean {
    const { ca, cert, key } = this.settings
    ;[this.#defect] = clientDefects(this.settings, contents)
    if (this.#defect) return false
    const held = (path: string | null) => (path === null ? undefined : contents.get(path))
    this.#context = createSecureContext({ ca: held(ca), cert: held(cert), key: held(key) })
    return true
  }
}

type TlsRouteOptions = Pick<
  ConnectionOptions,
  'checkServerIdentity' | 'rejectUnauthorized' | 'secureContext' | 'servername' | 'session'
>

/** What goes to one server by TLS. Resumes the session of the connection before (RFC 8446 2.2). */
export class TlsRoute {
  readonly #tls: ClientTls
  readonly #name: string
  #resumable: { readonly context: SecureContext; readonly session: Buffer } | undefined

  constructor(tls: ClientTls, host: string) {
    this.#tls = tls
    this.#name = tls.settings.serverName ?? host
  }

  /** @throws Error when there never were files that are good */
  options(): TlsRouteOptions {
    const { context, settings } = this.#tls
    return {
      secureContext: context,
      servername: isIP(this.#name) ? '' : this.#name,
      rejectUnauthorized: settings.verify,
      checkServerIdentity: this.#checkIdentity,
      // A session is as good as the authorities that vouched for it: with others, it begins anew.
      ...(this.#resumable?.context === context && { session: this.#resumable.session }),
    }
  }

  /** To be called with each connection that is made with `options`, at once. */
  remember(socket: TLSSocket): void {
    const { context } = this.#tls
    socket.once('session', (session) => {
      this.#resumable = { context, session }
    })
  }

  readonly #checkIdentity: typeof checkServerIdentity = (_host, certificate) =>
    checkServerIdentity(this.#name, certificate)
}

/** One for all that is set alike. */
export class ClientTlsPool {
  readonly #log: Log
  readonly #made = new Map<string, ClientTls>()

  constructor(log: Log = { info: () => undefined, warn: () => undefined }) {
    this.#log = log
  }

  routeTo(host: string, settings: ClientSettings): TlsRoute {
    return new TlsRoute(this.#of(settings), host)
  }

  /** Looks no longer after their files. */
  close(): void {
    for (const tls of this.#made.values()) tls.close()
  }

  #of(settings: ClientSettings): ClientTls {
    const { ca, cert, key, serverName, verify } = settings
    const alike = JSON.stringify([ca, cert, key, serverName, verify])
    const tls = this.#made.get(alike) ?? new ClientTls(settings, this.#log)
    this.#made.set(alike, tls)
    return tls
  }
}
