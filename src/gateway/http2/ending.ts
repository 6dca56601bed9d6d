import { constants, type ServerHttp2Session } from 'node:http2'

/**
 * How a session ends, whoever ends it. nghttp2 must not be entered again by what it calls, and Node enters it: from a session that
 * is closed, to refuse a stream that still comes, by which the GOAWAY that waits is sent and that very stream freed while its head is
 * read (nodejs/node#64113); and from one that is destroyed, to reset its streams, by which one that is just closing is sent for ever.
 * A client alone can bring both about, with a GOAWAY of its own and with streams that it resets. So a session is destroyed between
 * two events here, and closed when its GOAWAY has left: from then on nghttp2 itself leaves aside what comes.
 */
export class Ending {
  readonly #session: ServerHttp2Session
  readonly #close: () => void
  readonly #destroy: ServerHttp2Session['destroy']
  #lastStream = Number.POSITIVE_INFINITY

  /** @param session ends like this also where Node ends it */
  constructor(session: ServerHttp2Session) {
    this.#session = session
    this.#close = session.close.bind(session)
    this.#destroy = session.destroy.bind(session)
    session.close = () => this.close()
    session.destroy = (error, code) => this.destroy(error, code)
  }

  get begun(): boolean {
    return this.#lastStream !== Number.POSITIVE_INFINITY
  }

  /** Whether the stream is among those that are served: nghttp2 closes the others when it tells the client of it. */
  serves(stream: number): boolean {
    return stream <= this.#lastStream
  }

  /** RFC 9113 6.8: tells which streams are served, lets them end, then closes. */
  close(): void {
    const session = this.#session
    if (this.begun || session.destroyed) return
    this.#lastStream = session.state.lastProcStreamID ?? 0
    session.goaway(constants.NGHTTP2_NO_ERROR, this.#lastStream)
    setImmediate(() => this.closeWhenTold())
  }

  /** Once a second, after `close`: a client that takes nothing has not been told at once. */
  closeWhenTold(): void {
    const session = this.#session
    if (session.closed || session.destroyed || session.state.outboundQueueSize !== 0) return
    session.goaway = ignore // it has been said
    this.#close()
  }

  /** Ends all streams, those that are served too. */
  destroy(error?: Parameters<ServerHttp2Session['destroy']>[0], code = codeOf(error)): void {
    this.#lastStream = 0
    setImmediate(() => this.#destroy(error, code))
  }
}

/** RFC 9113 7: what nghttp2 calls an error, by its own numbers. */
const CODES: Readonly<Record<number, number>> = {
  [-505]: constants.NGHTTP2_PROTOCOL_ERROR,
  [-510]: constants.NGHTTP2_STREAM_CLOSED,
  [-522]: constants.NGHTTP2_FRAME_SIZE_ERROR,
  [-523]: constants.NGHTTP2_COMPRESSION_ERROR,
  [-524]: constants.NGHTTP2_FLOW_CONTROL_ERROR,
  [-902]: constants.NGHTTP2_ENHANCE_YOUR_CALM, // Node bears no more invalid frames, or streams that it refuses
}

/** Node says INTERNAL_ERROR in its GOAWAY whatever the client has done wrong: here it says what. */
function codeOf(error?: Error & { errno?: number }): number | undefined {
  return CODES[error?.errno ?? 0]
}

function ignore(): void {}
