import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { onTestFinished } from 'vitest'

/** How one request came out: its status and body, or why there is none. */
type Outcome = `${number} ${string}` | `broken: ${string}`

/**
 * Clients of HTTP/2 that ask over and over, several times at once, each on one connection, until it is told by GOAWAY which of its
 * requests are served. What is left aside by that is for the client to ask again elsewhere, and counts as nothing.
 */
export class Http2Load {
  readonly outcomes: Outcome[] = []
  /** Left aside. */
  refused = 0
  readonly #path: string
  readonly #atOnce: number
  readonly #gone: Promise<unknown>

  constructor(url: string, path: string, { connections = 4, atOnce = 8 } = {}) {
    this.#path = path
    this.#atOnce = atOnce
    this.#gone = Promise.all(Array.from({ length: connections }, () => this.#client(connect(url))))
  }

  get answered(): number {
    return this.outcomes.length
  }

  /** Resolves when all connections have closed. */
  async gone(): Promise<void> {
    await this.#gone
  }

  #client(session: ClientHttp2Session): Promise<void> {
    onTestFinished(() => session.destroy())
    session.on('error', (error) => this.outcomes.push(`broken: ${error.message}`))
    for (let i = 0; i < this.#atOnce; i++) this.#ask(session)
    return new Promise((resolve) => session.once('close', resolve))
  }

  #ask(session: ClientHttp2Session): void {
    if (session.closed || session.destroyed) return
    const stream = session.request({ ':path': this.#path })
    let [status, body, error]: [number, string, string] = [0, '', '']
    stream.setEncoding('latin1').on('response', (fields) => {
      status = Number(fields[':status'])
    })
    stream.on('data', (text) => {
      body += text
    })
    stream.on('error', ({ message }) => {
      error = message
    })
    stream.on('close', () => {
      if (isLeftAside(stream) && status === 0) this.refused++
      else this.outcomes.push(error || !stream.readableEnded ? `broken: ${error}` : `${status} ${body}`)
      this.#ask(session)
    })
  }
}

/** RFC 9113 6.8: the other side has not looked at it. */
const isLeftAside = ({ rstCode }: ClientHttp2Stream) => rstCode === constants.NGHTTP2_REFUSED_STREAM
