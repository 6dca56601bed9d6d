import { createServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { readEverydayHead } from '../../../src/gateway/http1/everyday/request-head.ts'
import { limits } from './limits.ts'

/** Pieces of which heads are made, well and badly. */
const METHODS = ['GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'GET ', 'get', 'OPTIONS', 'PUTS']
const TARGETS = [
  '/',
  '/a/b?c=d',
  '/%2e%2E/x',
  '/a/../b',
  '//h/x',
  '/a b',
  '*',
  'http://a/',
  '/\xe4',
  "/'",
  '/a#b',
  '/\0',
]
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ']
const FIELDS = [
  ...[
    'Host: a',
    'host: b.example:8080',
    'Host:\ta \t',
    'Host : a',
    'Host: a:80',
    'Accept: */*',
    'accept:',
    'X-Y: \xff\x80',
  ],
  ...[
    'Connection: close',
    'connection: Keep-Alive',
    'Connection: upgrade',
    'Upgrade: h2c',
    'Content-Length: 0',
    'TE: trailers',
  ],
  ...[
    'Content-Length: 3',
    'content-length: 3',
    'Content-Length:\t4 ',
    'Content-Length: 03',
    'Content-Length: 3,3',
    'Content-Length: +3',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Cookie: a=b; c=d',
    ' folded',
    'X: a\rb',
  ],
  ...[
    'X: \x01',
    'X: a\x7f',
    'Set-Cookie: a',
    '__proto__: x',
    'Trailer: x',
    'Proxy-Connection: close',
    ': x',
    'X-\xe4: a',
  ],
]
/** What comes behind a head: the whole of a body, a part of it, more than it, or what should not be there. */
const BEHIND = ['x', 'abc', 'abc', 'abcd', 'abcde', '\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n']
const ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n']

/** Marsaglia's xorshift32: the same heads each time. */
let state = 20_261_128
function below(bound: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % bound
}
const oneOf = (list: readonly string[]) => list[below(list.length)]!
const lineEnd = () => (below(8) === 0 ? oneOf(ENDS) : '\r\n')

function head(): string {
  let text = `${oneOf(METHODS)} ${oneOf(TARGETS)} ${oneOf(VERSIONS)}${lineEnd()}`
  if (below(8) > 0) text += `Host: a${lineEnd()}`
  if (below(2) === 0) text += `Content-Length: ${below(5)}${lineEnd()}`
  for (let fields = below(4); fields > 0; fields--) text += oneOf(FIELDS) + lineEnd()
  text += '\r\n'
  return below(3) === 0 ? text + oneOf(BEHIND) : text
}

interface Read {
  readonly incoming: IncomingMessage
  body: string
}

/** What Node's server makes of it: its requests, with their bodies whole; or nothing, if it finds a fault in it. */
async function byNode(text: string): Promise<readonly Read[]> {
  const requests: Read[] = []
  let faulty = false
  const server = createServer((incoming) => {
    const request = { incoming, body: '' }
    requests.push(request)
    incoming.on('data', (chunk) => {
      request.body += chunk.toString('latin1')
    })
  })
  server.on('clientError', () => {
    faulty = true
  })
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  server.emit('connection', socket)
  socket.push(Buffer.from(text, 'latin1'))
  await new Promise((turn) => setImmediate(() => setImmediate(turn)))
  return faulty ? [] : requests
}

it('reads alike what Node reads, of whatever it takes', async () => {
  let taken = 0
  let bodies = 0
  for (let i = 0; i < 20_000; i++) {
    const text = head()
    const own = readEverydayHead(Buffer.from(text, 'latin1'), limits())
    if (!own) continue
    taken++
    const requests = await byNode(text)
    expect(requests.length, JSON.stringify(text)).toBe(1)
    const { incoming, body } = requests[0]!
    const { method, url, rawHeaders, headers, complete, httpVersion } = incoming
    const { method: verb, url: target, fields, closes, bodyLength, end } = own
    const read = { method: verb, rawHeaders: fields.raw, headers: fields.table }
    expect({ method, rawHeaders, headers }, JSON.stringify(text)).toEqual(read)
    expect(url).toBe(target)
    expect(body).toBe(text.slice(end))
    expect({ complete, httpVersion }).toEqual({ complete: body.length === (bodyLength ?? 0), httpVersion: '1.1' })
    if (body !== '') bodies++
    expect(headers.connection?.toLowerCase() === 'close').toBe(closes)
  }
  expect(taken).toBeGreaterThan(300)
  expect(bodies).toBeGreaterThan(20)
})
