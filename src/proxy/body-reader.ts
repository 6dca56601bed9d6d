import { fault } from './body-fault.ts'
import type { IncomingBody } from './incoming-body.ts'
import type { UpstreamError, UpstreamRequest } from './transport.ts'

/**
 * Reads one request body as fast as it is taken, and holds it to the length that was promised. Reads from `start` to `stop` or
 * the end, leaves no listener behind, and never destroys the source.
 */
export abstract class BodyReader {
  /** null: not known before the end. */
  protected readonly length: number | null
  protected readonly trailers: UpstreamRequest['trailers']
  protected ended = false
  protected written = 0
  protected readonly source: IncomingBody
  readonly #fail: (error: UpstreamError) => void

  /** `fail` is called at most once, after which nothing more is sent. */
  constructor(
    { bodyLength, trailers }: Pick<UpstreamRequest, 'bodyLength' | 'trailers'>,
    source: IncomingBody,
    fail: (error: UpstreamError) => void,
  ) {
    this.length = bodyLength
    this.trailers = trailers
    this.source = source
    this.#fail = fail
  }

  /** Never an empty chunk. @returns false when no more is to be read before `resume` */
  protected abstract send(chunk: Uint8Array): boolean
  /** All of the body has been sent. */
  protected abstract sendEnd(): void

  start(): void {
    if (this.source.readableEnded) {
      this.#end()
      return
    }
    this.source.on('error', this.#broke).on('close', this.#closed).on('end', this.#end).on('data', this.#take).resume()
    // What has arrived already leaves together with the head.
    this.source.read()
  }

  protected resume(): void {
    if (!this.ended) this.source.resume()
  }

  /** Lets go of the source, which stays as it is: for another attempt, if nothing was read. */
  stop(): void {
    this.source.off('error', this.#broke).off('close', this.#closed).off('end', this.#end).off('data', this.#take)
    if (this.source.readableFlowing && !this.source.readableEnded) this.source.pause()
  }

  readonly #take = (data: unknown): void => {
    const { length } = this
    const chunk = typeof data === 'string' ? Buffer.from(data) : data
    if (!(chunk instanceof Uint8Array)) {
      this.#giveUp(fault('the body does not consist of bytes'))
    } else if (length !== null && this.written + chunk.length > length) {
      this.#giveUp(fault(`the body is longer than the ${length} bytes promised`))
    } else if (chunk.length > 0) {
      this.written += chunk.length
      if (!this.send(chunk)) this.source.pause()
    }
  }

  readonly #end = (): void => {
    const { length, written } = this
    if (length !== null && written < length) {
      this.#giveUp(fault(`the body ended after ${written} of ${length} bytes`))
      return
    }
    this.ended = true
    this.stop()
    this.sendEnd()
  }

  readonly #broke = (cause: Error): void => {
    this.#giveUp(fault('the body broke off', cause))
  }

  readonly #closed = (): void => {
    this.#giveUp(fault('the body was closed early'))
  }

  #giveUp(error: UpstreamError): void {
    this.stop()
    this.#fail(error)
  }
}
