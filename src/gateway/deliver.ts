import { type BodySink, FieldNames, UpstreamBody, UpstreamResponse } from '../proxy/index.ts'
import type { Outgoing } from './outgoing.ts'

/**
 * The one look at what comes out of the Hono app. An instance's answer goes straight to the socket, with its own header
 * list if nobody looked at it, with the changed one otherwise; an answer with a new body is read chunk by chunk.
 *
 * @returns an answer in which no instance had a part: it is left to the Node server adapter
 */
export function deliver(response: Response, outgoing: Outgoing): Response | undefined {
  if (outgoing.headersSent || outgoing.destroyed) return undefined
  const body = straightBody(response)
  if (body) {
    sendBody(response, body, outgoing)
    return undefined
  }
  if (outgoing.exchange.upstreamMs === undefined) return response
  if (!response.body && outgoing.req.method === 'HEAD') return response
  outgoing.writeHead(response.status, response.statusText, ofAnotherBody(headerList(response)))
  if (response.body) sendStream(response.body, outgoing)
  else outgoing.end()
  return undefined
}

const OF_THE_BODY = new FieldNames(['content-length', 'trailer'])

/** The length that the instance told, and the trailers, are those of its own body. */
function ofAnotherBody(headers: readonly string[]): string[] {
  return headers.filter((_, i) => !OF_THE_BODY.has(headers[i - (i % 2)]!))
}

function straightBody(response: Response): UpstreamBody | undefined {
  if (response instanceof UpstreamResponse) return response.untouchedBody
  const { body } = response
  return body?.locked ? undefined : UpstreamBody.of(body)
}

function headerList(response: Response): string[] {
  // Node's types know the flat list only as string[].
  return (response instanceof UpstreamResponse ? response.headerList : [...response.headers].flat()) as string[]
}

function sendBody(response: Response, body: UpstreamBody, outgoing: Outgoing): void {
  const headers = headerList(response)
  const whole = body.takeWhole()
  if (whole) {
    outgoing.sendWhole(response.status, response.statusText, headers, whole)
    return
  }
  outgoing.writeHead(response.status, response.statusText, headers)
  // Sends the head before the first byte of the body has come: an event stream may be silent for long. An empty buffer, since
  // `flushHeaders` would write header bytes above 127 as UTF-8.
  if (body.idle) outgoing.write(Buffer.alloc(0))
  body.flowInto(new OutgoingSink(body, outgoing))
}

class OutgoingSink implements BodySink {
  readonly #outgoing: Outgoing
  readonly #resume: () => void
  #waiting = false

  constructor(body: UpstreamBody, outgoing: Outgoing) {
    this.#outgoing = outgoing
    this.#resume = () => {
      this.#waiting = false
      body.resume()
    }
  }

  write(chunk: Buffer): boolean {
    if (this.#outgoing.write(chunk)) return true
    if (!this.#waiting) this.#outgoing.once('drain', this.#resume)
    this.#waiting = true
    return false
  }

  end(trailers: readonly string[]): void {
    if (trailers.length > 0) this.#outgoing.addTrailers(pairs(trailers))
    this.#outgoing.end()
  }

  /** After the head nothing can be answered: the connection breaks, and never looks like a clean end. */
  fail(): void {
    if (this.#outgoing.destroyed) return
    const { socket } = this.#outgoing
    if (socket && this.#outgoing.chunkedEncoding) socket.destroy()
    else socket?.resetAndDestroy()
    this.#outgoing.destroy()
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) list.push([flat[i]!, flat[i + 1]!])
  return list
}

/** A body that a middleware has made, chunk by chunk at the pace of the client. */
async function sendStream(stream: ReadableStream<Uint8Array>, outgoing: Outgoing): Promise<void> {
  const reader = stream.getReader()
  outgoing.once('close', () => void reader.cancel().catch(() => undefined))
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (!outgoing.write(read.value)) await drained(outgoing)
    }
    outgoing.end()
  } catch {
    outgoing.destroy()
  }
}

/** Or gone. */
function drained(outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done).off('close', done)
      resolve()
    }
    outgoing.on('drain', done).on('close', done)
  })
}
