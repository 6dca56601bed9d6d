import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { EverydayReply } from './reply.ts'

/** A reply as the Node server adapter sees it, for an answer that the adapter writes. */
class AdapterView {
  readonly answer: Response
  readonly #reply: EverydayReply

  constructor(reply: EverydayReply, answer: Response) {
    this.#reply = reply
    this.answer = answer
  }

  get headersSent(): boolean {
    return this.#reply.headersSent
  }

  get destroyed(): boolean {
    return this.#reply.destroyed
  }

  get writable(): boolean {
    return !this.#reply.ended && !this.#reply.destroyed
  }

  get writableFinished(): boolean {
    return this.#reply.ended
  }

  writeHead(status: number, fields: OutgoingHttpHeaders = {}): this {
    this.#reply.sendHead(status, STATUS_CODES[status] ?? '', Object.entries(fields).flatMap(lines))
    return this
  }

  flushHeaders(): void {
    this.#reply.flush()
  }

  write(chunk: Uint8Array | string): boolean {
    return this.#reply.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  }

  end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) this.write(chunk)
    this.#reply.finish([])
  }

  destroy(): void {
    this.#reply.breakOff()
  }

  on(event: 'drain' | 'close', listener: () => void): this {
    this.#reply.on(event, listener)
    return this
  }

  once(event: 'drain' | 'close', listener: () => void): this {
    this.#reply.once(event, listener)
    return this
  }

  off(event: 'drain' | 'close', listener: () => void): this {
    this.#reply.off(event, listener)
    return this
  }
}

const write = getRequestListener(
  (_request, { outgoing }) => (outgoing as unknown as AdapterView).answer,
) as RequestListener

/** All that the adapter asks of a request whose answer is there. */
const ASKED = { method: 'GET', url: '/', headers: { host: 'localhost' } } as IncomingMessage

/** Has the adapter write an answer in which no instance had a part. */
export function leaveToAdapter(answer: Response, reply: EverydayReply): void {
  write(ASKED, new AdapterView(reply, answer) as unknown as ServerResponse)
}

/** A field with several values is several fields. */
function lines([name, value]: [string, OutgoingHttpHeaders[string]]): string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.flatMap((one) => [name, one]) : [name, String(value)]
}
