import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { RequestFields } from '../../../proxy/index.ts'
import type { PlainBody } from './plain-body.ts'
import type { RequestHead } from './request-head.ts'

/** A request that the Node server adapter takes for Node's. Takes nothing of the body before somebody reads. */
export class AdaptedRequest extends Readable {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: RequestFields['table']
  readonly socket: Socket
  readonly #body: PlainBody
  #begun = false

  constructor({ method, url, fields }: RequestHead, body: PlainBody) {
    super()
    this.method = method
    this.url = url
    this.rawHeaders = fields.raw
    this.headers = fields.table
    this.socket = body.socket
    this.#body = body
    this.on('error', ignore)
    body.once('close', () => this.#close())
  }

  get complete(): boolean {
    return this.#body.complete
  }

  override _read(): void {
    const body = this.#body
    if (!this.#begun) {
      this.#begun = true
      body.on('data', this.#take).once('end', this.#end)
    }
    if (body.readableEnded) this.#end()
    else body.resume()
  }

  readonly #take = (bytes: Buffer): void => {
    if (!this.push(bytes)) this.#body.pause()
  }

  readonly #end = (): void => {
    this.push(null)
  }

  /** What has come whole can be read though its client has gone. */
  #close(): void {
    const { complete, held, errored } = this.#body
    if (complete) for (const bytes of held) this.push(bytes)
    this.destroy(errored ?? undefined)
  }
}

/** Whoever reads is told by `close` as well. */
function ignore(): void {}
