import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { RequestHead } from './request-head.ts'

/**
 * An everyday request that Hono and its middleware take for a Fetch `Request`. It becomes one only as far as somebody looks. All
 * members that are not here are those of the request that it becomes.
 */
export class EverydayRequest {
  readonly method: string
  readonly url: string
  /** Its client asks to close the connection. */
  readonly closes: boolean
  readonly #head: RequestHead
  #headers: Headers | undefined
  #leaving: AbortController | undefined
  #left = false
  #made: Request | undefined

  constructor(head: RequestHead, encrypted: boolean) {
    this.method = head.method
    this.url = urlOf(head, encrypted)
    this.closes = head.closes
    this.#head = head
  }

  get headers(): Headers {
    if (this.#headers) return this.#headers
    const { rawHeaders } = this.#head
    const headers = new Headers()
    for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
    this.#headers = headers
    return headers
  }

  get signal(): AbortSignal {
    this.#leaving ??= new AbortController()
    if (this.#left) this.#leaving.abort(LEFT)
    return this.#leaving.signal
  }

  /** The client has gone before it had its answer. */
  leave(): void {
    this.#left = true
    this.#leaving?.abort(LEFT)
  }

  make(): Request {
    this.#made ??= new Request(this.url, { method: this.method, headers: this.headers, signal: this.signal })
    return this.#made
  }
}

/** The reason that the Node server adapter gives. */
const LEFT = 'Client connection prematurely closed.'

/** `instanceof Request` holds without paying for the constructor of one. */
Object.setPrototypeOf(EverydayRequest.prototype, Request.prototype)

for (const name of Object.keys(Object.getOwnPropertyDescriptors(Request.prototype))) {
  if (name in Object.getOwnPropertyDescriptors(EverydayRequest.prototype) || name === 'constructor') continue
  Object.defineProperty(EverydayRequest.prototype, name, {
    get(this: EverydayRequest) {
      const made = this.make()
      const member: unknown = Reflect.get(made, name)
      return typeof member === 'function' ? member.bind(made) : member
    },
  })
}

/** How `new Request(request)`, which is the adapter's, comes by the request that one of its own becomes: so it does with ours. */
const becoming = symbolOfAdapter('getRequestCache')
Object.defineProperty(EverydayRequest.prototype, becoming, { value: EverydayRequest.prototype.make })

function symbolOfAdapter(name: string): symbol {
  let symbols: symbol[] = []
  const listener = getRequestListener((request) => {
    symbols = Object.getOwnPropertySymbols(Object.getPrototypeOf(request))
    return new Promise(() => undefined)
  })
  const incoming = { method: 'GET', url: '/', headers: { host: 'localhost' } }
  void listener(incoming as IncomingMessage, { on: () => undefined } as unknown as ServerResponse)
  const found = symbols.find(({ description }) => description === name)
  if (!found) throw new Error(`the Node server adapter has no ${name}`)
  return found
}

/** As the adapter writes it: what URL would write in another way is left to URL. */
function urlOf({ headers, target }: RequestHead, encrypted: boolean): string {
  const url = `${encrypted ? 'https' : 'http'}://${headers.host}${target}`
  return target.includes('/.') || target.includes('%') ? new URL(url).href : url
}
