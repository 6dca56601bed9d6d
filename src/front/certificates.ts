import type { SecureContext } from 'node:tls'
import type { TlsConfig } from '../config/types.ts'
import type { Logger } from '../plugin/index.ts'
import {
  type Contents,
  pathsOf,
  readFilesNow,
  type ServerContexts,
  serverContexts,
  serverDefects,
  untimely,
  watchFiles,
} from '../tls/index.ts'

/** What clients are shown: always the newest files that belong together. */
export class ShownCertificates {
  /** Told when others are shown from now on. */
  onChange: () => void = () => undefined
  readonly #tls: TlsConfig
  readonly #ticketSecret: Buffer
  readonly #log: Logger
  readonly #first: Contents
  #contexts: ServerContexts

  /** @throws Error when one of the files is no good */
  constructor(tls: TlsConfig, ticketSecret: Buffer, log: Logger) {
    this.#tls = tls
    this.#ticketSecret = ticketSecret
    this.#log = log
    this.#first = readFilesNow(pathsOf(tls))
    const [defect] = serverDefects(tls, this.#first)
    if (defect) throw new Error(`${defect.path}: ${defect.message}`)
    this.#contexts = serverContexts(tls, this.#first, ticketSecret)
  }

  get fallback(): ServerContexts['fallback'] {
    return this.#contexts.fallback
  }

  /** For a client that asks for `name`; undefined: the fallback. */
  of(name: string): SecureContext | undefined {
    return this.#contexts.of(name)
  }

  /** Follows the files from now on. @returns what ends that */
  watch(): () => void {
    return watchFiles(this.#first, (contents) => this.#take(contents))
  }

  #take(contents: Contents): void {
    const [defect] = serverDefects(this.#tls, contents)
    if (defect) {
      const { path, message } = defect
      this.#log.warn({ file: path, reason: message }, 'changed certificates are not taken: the former ones stay')
      return
    }
    this.#contexts = serverContexts(this.#tls, contents, this.#ticketSecret)
    this.onChange()
    this.#log.info({ certificates: this.#tls.certificates.length }, 'changed certificates are shown from now on')
    for (const { cert } of this.#tls.certificates) {
      const reason = untimely(contents.get(cert) as Buffer, Date.now())
      if (reason) this.#log.warn({ file: cert, reason }, 'clients will refuse a certificate')
    }
  }
}
