import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { GatewayError } from '../errors.ts'
import type { Reply } from './reply.ts'

/** Where the request comes from, as Fetch knows it. */
export interface RequestSource {
  /** @throws GW_BAD_REQUEST when there is no URL for it */
  readonly request: Request
}

interface Opened {
  readonly request: Request
  readonly answer: (response: Response) => void
}

/**
 * The Node server adapter, between Node's objects and Fetch's. Called for the few exchanges that need it: those whose request
 * somebody looks at, and those that the app answers by itself.
 */
export class Adapter {
  #opened: Opened | undefined
  /** The promise that it waits for stays open where there is nothing for it to write; nothing holds it, so it is collected. */
  readonly #listener = getRequestListener(
    (request) =>
      new Promise<Response>((answer) => {
        this.#opened = { request, answer }
      }),
    { hostname: 'localhost', errorHandler: () => undefined }, // for HTTP/1.0, which may come without a Host field
  )

  /** @throws GW_BAD_REQUEST when there is no URL for the request */
  open(reply: Reply): Opened {
    this.#opened = undefined
    // It calls back before it first waits.
    void this.#listener(reply.req as IncomingMessage, reply as unknown as ServerResponse)
    if (!this.#opened) throw new GatewayError('GW_BAD_REQUEST', 'the request target and the Host field make no URL')
    return this.#opened
  }
}

/** One exchange on the side of Fetch, to where it comes only when it is asked for. */
export class FetchSide implements RequestSource {
  readonly #adapter: Adapter
  readonly #reply: Reply
  #opened: Opened | undefined

  constructor(adapter: Adapter, reply: Reply) {
    this.#adapter = adapter
    this.#reply = reply
  }

  get request(): Request {
    return this.#open().request
  }

  /** Has the adapter write an answer. */
  answer(response: Response): void {
    this.#open().answer(response)
  }

  #open(): Opened {
    this.#opened ??= this.#adapter.open(this.#reply)
    return this.#opened
  }
}
