// The grammar: messages as well-behaved clients and instances send them, with all that HTTP/1 lets them vary.
import { requestMark, responseMark } from './marks.mjs'

const BODY_SIZES = [0, 1, 5, 17, 200, 4096, 20_000]
const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']
const REQUEST_FIELDS = [
  'Accept: */*',
  'User-Agent: fuzz/1.0 (a; b)',
  'Cookie: a=1; b="2"',
  'X-Empty:',
  'X-Forwarded-For: 10.9.8.7',
  'Connection: keep-alive',
  'Connection: x-hop, close',
  'X-Hop: 1',
  'TE: trailers',
  'X-Latin: caf\xe9',
  'Accept-Encoding:\tgzip ',
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]
const RESPONSE_FIELDS = [
  'Content-Type: text/plain',
  'Date: Sat, 28 Nov 2026 12:00:00 GMT',
  'Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2',
  'Connection: x-hop\r\nX-Hop: 1',
  'Keep-Alive: timeout=5',
  'X-Latin: caf\xe9',
  'X-Empty:',
  'ETag: "x"',
]

/** One request on the wire, in latin1. What follows it in a body is bait: a request that nobody has sent. */
export function request(random, number, at) {
  const method = random.pick(METHODS)
  const target = `/services/fuzz/${requestMark(number, at)}${random.pick(['', '?a=b&c=%2f', '/x/y;z'])}`
  const version = random.chance(90) ? '1.1' : '1.0'
  const carries = !['GET', 'HEAD', 'OPTIONS'].includes(method) || random.chance(15)
  const body = carries ? content(random, bait(number)) : undefined
  const framed = body === undefined ? ['', ''] : framing(random, body, version === '1.1')
  const expects = body !== undefined && version === '1.1' && random.chance(8) ? 'Expect: 100-continue\r\n' : ''
  const fields = random.some(REQUEST_FIELDS, 12).map((line) => `${line}\r\n`)
  const origin = random.chance(95) ? '' : 'http://gateway'
  const head = `${method} ${origin}${target} HTTP/${version}\r\nHost: gateway\r\n${fields.join('')}${expects}`
  return `${head}${framed[0]}\r\n${framed[1]}`
}

/** One response on the wire, in latin1, and how the connection goes on after it. */
export function response(random, number, at, { method, upgrade }) {
  const informed = random.chance(10) ? random.pick(['100 Continue', '103 Early Hints']) : undefined
  const before = informed ? `HTTP/1.1 ${informed}\r\n\r\n` : ''
  const mark = `X-Fuzz: ${responseMark(number, at)}\r\n`
  if (upgrade && random.chance(50)) {
    return {
      text: `HTTP/1.1 101 Switching Protocols\r\n${mark}Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`,
      end: 'fin',
    }
  }
  const status = random.pick([
    '200 OK',
    '200 OK',
    '201 Created',
    '404 Not Found',
    '500 No',
    '204 No Content',
    '304 Same',
  ])
  const fields = random.some(RESPONSE_FIELDS, 15).map((line) => `${line}\r\n`)
  const start = `${before}HTTP/1.1 ${status}\r\n${mark}${fields.join('')}`
  const bodiless = method === 'HEAD' || /^(204|304)/.test(status)
  if (bodiless)
    return { text: `${start}${status.startsWith('204') ? '' : 'Content-Length: 5\r\n'}\r\n`, end: ending(random) }
  const body = content(random, strayResponse(number))
  if (random.chance(10)) return { text: `${start}Connection: close\r\n\r\n${body}`, end: 'fin' }
  const framed = framing(random, body, true)
  return { text: `${start}${framed[0]}\r\n${framed[1]}`, end: ending(random) }
}

/** What no client sent as a request: it stands in bodies, and behind them. */
const bait = (number) => `POST /services/fuzz/bait-${number} HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n`

/** What no instance sent as an answer. */
export const strayResponse = (number) =>
  `HTTP/1.1 200 OK\r\nX-Fuzz: ${responseMark(number, 'stray')}\r\nContent-Length: 0\r\n\r\n`

const ending = (random) => (random.chance(12) ? 'fin' : 'keep')

function content(random, lure) {
  const size = random.pick(BODY_SIZES)
  const text = random.chance(40)
    ? lure.repeat(Math.ceil(size / lure.length))
    : '0123456789abcdef'.repeat(Math.ceil(size / 16))
  return random.chance(50) ? text.slice(0, size) : text
}

/** `[fields, bytes]` */
function framing(random, body, mayChunk) {
  if (!mayChunk || random.chance(55)) return [`Content-Length: ${body.length}\r\n`, body]
  let bytes = ''
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, 1 + random.below(random.pick([4, 300, 9000])))
    const extension = random.chance(10) ? random.pick([';a=b', ';a', ';a="b;c"']) : ''
    bytes += `${size.toString(16)}${extension}\r\n${body.slice(at, at + size)}\r\n`
    at += size
  }
  const trailers = random.chance(15) ? 'X-Sum: 1\r\n' : ''
  return ['Transfer-Encoding: chunked\r\n', `${bytes}0\r\n${trailers}\r\n`]
}
