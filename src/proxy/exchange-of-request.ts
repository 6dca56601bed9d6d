import { Readable } from 'node:stream'
import { Exchange } from './exchange.ts'
import { GivenFields } from './request-fields.ts'

/** For a Fetch request that came over no socket of ours: from a test or from another runtime. */
export function exchangeOfRequest(id: string, startedMs: number, request: Request): Exchange {
  const encrypted = request.url.startsWith('https:')
  return new Exchange({
    id,
    startedMs,
    httpVersion: '1.1',
    encrypted,
    peer: undefined,
    intake: undefined,
    ...described(request),
  })
}

/** What of an exchange a Fetch request tells. */
export function described(request: Request) {
  const url = new URL(request.url)
  const host = request.headers.get('host') ?? url.host
  const length = request.headers.get('content-length')
  return {
    method: request.method,
    rawTarget: url.pathname + url.search,
    fields: new GivenFields(['host', host, ...[...request.headers].filter(([name]) => name !== 'host').flat()], {
      ...Object.fromEntries(request.headers),
      host,
    }),
    body: request.body && Readable.from(bodyOf(request), { objectMode: false }),
    bodyLength: length === null ? null : Number(length),
  }
}

/** Not touched before somebody reads: until then it is the middleware's to read. */
async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) yield chunk
}
