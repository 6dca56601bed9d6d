import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'

export interface CallOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer | Readable
  /** A connection of its own by default. */
  readonly agent?: Agent
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
}

/** One request, and its whole answer. Nothing is decoded or followed. Rejects when the connection breaks. */
export async function call(url: string, options: CallOptions = {}): Promise<Reply> {
  const response = await head(url, options)
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const { statusCode = 0, headers, rawHeaders } = response
  return { status: statusCode, headers, rawHeaders, body, text: body.toString() }
}

/** One request, up to the head of its answer. */
export function head(url: string, { method = 'GET', headers = {}, body, agent }: CallOptions = {}) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    // The `path` is given apart, since a URL would be normalised.
    const { hostname, port } = new URL(url)
    const path = url.slice(url.indexOf('/', 'http://'.length)) || '/'
    const sent = request({ hostname, port, path, method, headers: { ...headers }, agent: agent ?? false })
    sent.once('response', resolve).once('error', reject)
    if (body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body)) body.pipe(sent)
    else sent.end(body)
  })
}

export const keptAlive = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 })

export const ids = (() => {
  let count = 0
  /** A request id that nobody else has. */
  return (): string => `test-${process.pid}-${++count}`
})()
