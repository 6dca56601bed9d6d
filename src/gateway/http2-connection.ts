import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'

const { NGHTTP2_NO_ERROR } = constants

/** RFC 9113 6.8: no stream is refused yet. */
const LAST_OF_ALL_STREAMS = 2 ** 31 - 1

/** One client's HTTP/2 connection: how it is left in peace, and when it is not. */
export class Http2Connection {
  readonly #session: ServerHttp2Session
  #leaving = false

  constructor(session: ServerHttp2Session) {
    this.#session = session
    session.on('error', ignore)
  }

  opened(stream: ServerHttp2Stream): void {
    stream.on('error', ignore)
  }

  /** Asks the client to open no more streams. Those that it has opened before it hears of it are still served. */
  leave(): void {
    const session = this.#session
    if (this.#leaving || session.closed || session.destroyed) return
    this.#leaving = true
    session.goaway(NGHTTP2_NO_ERROR, LAST_OF_ALL_STREAMS)
    // Its answer comes from a client that has read the frame before it.
    session.ping(() => this.close())
  }

  /** Lets the streams in flight end, then closes. */
  close(): void {
    if (!this.#session.closed) this.#session.close()
  }
}

/** What breaks ends with `close`, which is listened to. */
function ignore(): void {}
