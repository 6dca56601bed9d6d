import { listOf } from './lines.ts'
import type { PlainHead, ResponseHead } from './transport.ts'
import type { UpstreamBody } from './upstream-body.ts'

/**
 * An instance's answer that Hono and its middleware take for a Fetch `Response`. It becomes one only as far as somebody
 * looks: untouched, its header list and its body go to the client as they came.
 */
export class UpstreamResponse implements Response {
  readonly status: number
  readonly statusText: string
  readonly type = 'default'
  readonly url = ''
  readonly redirected = false
  readonly #received: readonly string[] | PlainHead
  readonly #upstreamBody: UpstreamBody
  readonly #bodiless: boolean
  #headers: Headers | undefined
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
  #fetched: Response | undefined

  /** `received` is what the client gets. */
  constructor(method: string, head: ResponseHead, received: readonly string[] | PlainHead, body: UpstreamBody) {
    const { status } = head
    this.status = status
    this.statusText = head.statusText
    this.#received = received
    this.#upstreamBody = body
    this.#bodiless = method === 'HEAD' || status === 204 || status === 205 || status === 304
  }

  /** The header list for the client: as received, or as somebody has left it. */
  get headerList(): readonly string[] {
    return this.#headers ? [...this.#headers].flat() : this.#list
  }

  /** The header section for the client, if nobody has looked at it and it is a plain one. */
  get plain(): PlainHead | undefined {
    const received = this.#received
    return this.#headers || !('text' in received) ? undefined : received
  }

  /** The body, if nobody has taken it into Fetch's hands. */
  get untouchedBody(): UpstreamBody | undefined {
    return this.#fetched || this.#stream?.locked ? undefined : this.#upstreamBody
  }

  /** Nobody gets it: another answer is asked for. */
  discard(): void {
    this.#upstreamBody.cancel()
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get headers(): Headers {
    if (this.#headers) return this.#headers
    const headers = new Headers()
    const list = this.#list
    for (let i = 0; i < list.length; i += 2) headers.append(list[i]!, list[i + 1]!)
    this.#headers = headers
    return headers
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#bodiless) return null
    if (this.#fetched) return this.#fetched.body
    this.#stream ??= this.#upstreamBody.stream() as ReadableStream<Uint8Array<ArrayBuffer>>
    return this.#stream
  }

  get bodyUsed(): boolean {
    return this.#fetched?.bodyUsed ?? false
  }

  clone(): Response {
    return this.#fetch().clone()
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#fetch().arrayBuffer()
  }

  blob(): Promise<Blob> {
    return this.#fetch().blob()
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer())
  }

  formData(): Promise<FormData> {
    return this.#fetch().formData()
  }

  json(): Promise<unknown> {
    return this.#fetch().json()
  }

  text(): Promise<string> {
    return this.#fetch().text()
  }

  get #list(): readonly string[] {
    const received = this.#received
    return 'text' in received ? listOf(received.text.slice(received.fieldsAt)) : received
  }

  #fetch(): Response {
    this.#fetched ??= new Response(this.body, {
      status: this.status,
      statusText: this.statusText,
      headers: this.headers,
    })
    return this.#fetched
  }
}

// `instanceof Response` holds without paying for the constructor of one; every member of it is overridden above.
Object.setPrototypeOf(UpstreamResponse.prototype, Response.prototype)
