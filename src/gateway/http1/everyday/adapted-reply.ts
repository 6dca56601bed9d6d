import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http'
import { flatFields } from '../../flat-fields.ts'
import type { Reply } from '../../reply.ts'
import { AdaptedRequest } from './adapted-request.ts'
import { PlainBody } from './plain-body.ts'
import { type Carrier, EverydayReply } from './reply.ts'
import type { RequestHead } from './request-head.ts'

/** A reply that the Node server adapter takes for Node's response, beside the request that it takes for Node's. */
export class AdaptedReply extends EverydayReply implements Reply {
  readonly #carrier: Carrier
  readonly #request: RequestHead
  readonly #body: PlainBody | null

  constructor(carrier: Carrier, request: RequestHead, body: PlainBody | null) {
    super(carrier, request)
    this.#carrier = carrier
    this.#request = request
    this.#body = body
  }

  get req(): object {
    const { socket } = this.#carrier
    const { method, url, fields } = this.#request
    if (method === 'GET' || method === 'HEAD')
      return { method, url, rawHeaders: fields.raw, headers: fields.table, socket }
    return new AdaptedRequest(this.#request, this.#body ?? new PlainBody(0, socket))
  }

  get writable(): boolean {
    return !this.ended && !this.destroyed
  }

  get writableFinished(): boolean {
    return this.complete
  }

  writeHead(status: number, fields: OutgoingHttpHeaders = {}): this {
    this.sendHead(status, STATUS_CODES[status] ?? '', flatFields(fields))
    return this
  }

  flushHeaders(): void {
    this.flush()
  }

  override write(chunk: Uint8Array | string): boolean {
    return super.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  }

  end(chunk: Uint8Array | string = ''): void {
    this.write(chunk)
    this.finish([])
  }

  destroy(): void {
    this.breakOff()
  }
}
