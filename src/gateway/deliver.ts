import {
  type BodySink,
  FieldNames,
  type PlainHead,
  type Tunnel,
  UpstreamBody,
  UpstreamResponse,
} from '../proxy/index.ts'
import type { Reply } from './reply.ts'

const NO_TRAILERS: readonly string[] = []

/**
 * The one look at what comes out of the app. An instance's answer goes straight to the client, with its own header
 * list if nobody looked at it, with the changed one otherwise; an answer with a new body is read chunk by chunk.
 *
 * @returns an answer in which no instance had a part: it is left to the Node server adapter
 */
export function deliver(response: Response, reply: Reply): Response | undefined {
  if (reply.headersSent || reply.destroyed) return undefined
  const { tunnel } = reply.exchange
  if (tunnel && joinTunnel(response, tunnel, reply)) return undefined
  const body = straightBody(response)
  if (body) {
    sendBody(response, body, reply)
    return undefined
  }
  if (reply.exchange.upstreamMs === undefined) return response
  if (!response.body && reply.toHead) return response
  reply.sendHead(response.status, response.statusText, ofAnotherBody(headerList(response)))
  if (response.body) sendStream(response.body, reply)
  else reply.finish(NO_TRAILERS)
  return undefined
}

/**
 * Fetch knows no 101: if no middleware has put another answer in its place, it is a 204 here.
 *
 * @returns false when there is another one to send, and the tunnel is gone
 */
function joinTunnel(response: Response, tunnel: Tunnel, reply: Reply): boolean {
  const untouched = response.status === 204 && response.body === null
  if (untouched) reply.switchTo!(tunnel, headerList(response))
  else tunnel.cancel()
  return untouched
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

function headerList(response: Response): readonly string[] {
  return response instanceof UpstreamResponse ? response.headerList : [...response.headers].flat()
}

function plainHead(response: Response): PlainHead | undefined {
  return response instanceof UpstreamResponse ? response.plain : undefined
}

function sendBody(response: Response, body: UpstreamBody, reply: Reply): void {
  if (sendPlain(response, body, reply)) return
  const whole = body.takeWhole()
  const headers = headerList(response)
  if (whole) {
    reply.sendWhole(response.status, response.statusText, headers, whole)
    return
  }
  reply.sendHead(response.status, response.statusText, headers)
  // An event stream may be silent for long.
  if (body.idle) reply.flush()
  body.flowInto(new ReplySink(body, reply))
}

/** @returns false for what is not plain, or not whole */
function sendPlain(response: Response, body: UpstreamBody, reply: Reply): boolean {
  const plain = reply.sendPlain && plainHead(response)
  const whole = plain && (body.takeText() ?? body.takeWhole())
  if (whole === undefined) return false
  reply.sendPlain!(response.status, plain!, whole)
  return true
}

class ReplySink implements BodySink {
  readonly #reply: Reply
  readonly #resume: () => void
  #waiting = false

  constructor(body: UpstreamBody, reply: Reply) {
    this.#reply = reply
    this.#resume = () => {
      this.#waiting = false
      body.resume()
    }
  }

  write(chunk: Buffer): boolean {
    const reply = this.#reply
    if (reply.pass ? reply.pass(chunk) : reply.write(chunk)) return true
    if (!this.#waiting) reply.once('drain', this.#resume)
    this.#waiting = true
    return false
  }

  end(trailers: readonly string[]): void {
    this.#reply.finish(trailers)
  }

  fail(): void {
    this.#reply.breakOff()
  }
}

/** A body that a middleware has made, chunk by chunk at the pace of the client. */
async function sendStream(stream: ReadableStream<Uint8Array>, reply: Reply): Promise<void> {
  const reader = stream.getReader()
  reply.once('close', () => void reader.cancel().catch(() => undefined))
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (!reply.write(read.value)) await drained(reply)
    }
    reply.finish(NO_TRAILERS)
  } catch {
    reply.breakOff()
  }
}

/** Or gone. */
function drained(reply: Reply): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      reply.off('drain', done)
      reply.off('close', done)
      resolve()
    }
    reply.on('drain', done)
    reply.on('close', done)
  })
}
