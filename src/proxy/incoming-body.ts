/** What is asked of a request body on its way in, in the words of Node's streams: such a stream is one. */
export interface IncomingBody {
  /** All of it has come; undefined: whoever made it does not tell. */
  readonly complete?: boolean
  readonly destroyed: boolean
  readonly errored: Error | null
  /** Some of it has been given away. */
  readonly readableDidRead: boolean
  /** All of it has. */
  readonly readableEnded: boolean
  /** null: nobody has begun to read. */
  readonly readableFlowing: boolean | null
  /** Bytes that wait to be read. */
  readonly readableLength: number
  /** While it is told as `data`, nobody else has or will have a chunk of it; undefined: not known. */
  readonly unshared?: boolean
  on<E extends keyof BodyEvents>(event: E, listener: (...told: BodyEvents[E]) => void): this
  once<E extends keyof BodyEvents>(event: E, listener: (...told: BodyEvents[E]) => void): this
  off<E extends keyof BodyEvents>(event: E, listener: (...told: BodyEvents[E]) => void): this
  pause(): this
  resume(): this
  /** All of it, if all of it has come in one piece, and nobody has begun to read; else it stays as it is. */
  takeWhole?(): Buffer | undefined
  /** Has what waits told as `data` at once, if somebody listens. */
  read(): unknown
}

interface BodyEvents {
  data: [chunk: Buffer]
  end: []
  error: [cause: Error]
  close: []
}
