import type { MiddlewareHandler } from 'hono'
import { expect, it } from 'vitest'
import { RawClient } from '../../support/raw.ts'
import { taken } from '../../support/taken.ts'
import { until } from '../../support/until.ts'
import { startRawUpstream } from '../../support/upstream.ts'
import { gatewayBefore } from '../closing-rig.ts'

const through: MiddlewareHandler = (_, next) => next()
const request = (method = 'GET') => `${method} /services/up/ HTTP/1.1\r\nHost: a\r\n\r\n`
const encoded = (text: string) => new TextEncoder().encode(text)

/** A client of a gateway before an instance that answers whatever it is asked with these bytes. */
async function before(bytes: string, handler = through): Promise<RawClient> {
  const upstream = await startRawUpstream((socket) => void socket.on('data', () => socket.write(bytes, 'latin1')))
  return RawClient.open(await gatewayBefore(upstream.port, handler))
}

/** The answer of a middleware, and whether the connection carries another request. */
async function of(answer: () => Response, method = 'GET') {
  const client = await before('', async () => answer())
  const response = await client.write(request(method)).response({ toHead: method === 'HEAD' })
  await client.write(request()).response()
  return response
}

it('passes on an answer with its length, byte for byte', async () => {
  const body = 'x\xff'.repeat(50_000)
  const client = await before(`HTTP/1.1 203 Own\xe4\r\nDate: d\r\nX-Y: \xe4\r\nContent-Length: 100000\r\n\r\n${body}`)
  const response = await client.write(request()).response()
  expect(response.statusLine).toBe('HTTP/1.1 203 Own\xe4')
  expect(response.header('x-y')).toBe('\xe4')
  expect(response.body).toBe(body)
})

it('passes on chunks and what follows them', async () => {
  const chunks = '3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n'
  const client = await before(`HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`)
  const { body, trailers, header } = await client.write(request()).response()
  expect([body, trailers, header('transfer-encoding')]).toEqual(['abcde', 'X-Sum: 5', 'chunked'])
})

it('makes chunks of a body that ends with its connection', async () => {
  const upstream = await startRawUpstream((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'))
  })
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  expect((await client.write(request()).response()).body).toBe('all of it')
  expect((await client.write(request()).response()).body).toBe('all of it')
})

it.each([
  ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
  ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
])('sends no body after the head of %s %j', async (method, bytes) => {
  const client = await before(bytes)
  for (let i = 0; i < 2; i++) {
    const { status } = await client.write(request(method)).response({ toHead: method === 'HEAD' })
    expect(`HTTP/1.1 ${status}`).toBe(bytes.slice(0, 12))
  }
  expect(client.received).toBe('')
})

it('passes on interim answers', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  const client = await before(`${early}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`)
  expect(await client.write(request()).until('ok')).toContain(early)
})

it('writes the answers of middleware', async () => {
  const text = await of(
    () =>
      new Response('grüß', {
        status: 418,
        headers: [
          ['set-cookie', 'a'],
          ['set-cookie', 'b'],
        ],
      }),
  )
  expect([text.statusLine, text.header('content-length'), text.body]).toEqual([
    expect.stringMatching(/^HTTP\/1\.1 418 /),
    '6',
    'gr\xc3\xbc\xc3\x9f',
  ])
  expect(text.fields.filter(([name]) => name === 'set-cookie')).toHaveLength(2)
  const none = await of(() => new Response(null, { status: 204 }))
  expect([none.status, none.header('content-length'), none.header('transfer-encoding')]).toEqual([
    204,
    undefined,
    undefined,
  ])
  expect((await of(() => new Response('text'), 'HEAD')).status).toBe(200)
  const stream = async function* () {
    for (const part of ['a', '', 'b']) yield encoded(part)
  }
  expect((await of(() => new Response(ReadableStream.from(stream())))).body).toBe('ab')
})

it('shows middleware a Fetch request, which ends when its client leaves', async () => {
  const seen: unknown[] = []
  const client = await before('', async (c) => {
    const { raw } = c.req
    const { signal } = raw
    const other = new Request(raw, { headers: { 'x-own': 'yes' } })
    seen.push(raw instanceof Request, raw.url, raw.headers.get('host'), await raw.text(), other.url)
    await new Promise((left) => signal.addEventListener('abort', left))
    seen.push('left')
    return c.text('late')
  })
  client.write(request())
  await until('the request is seen', () => seen.length > 0)
  client.reset()
  await until('the client is missed', () => seen.includes('left'))
  expect(seen).toEqual([true, 'http://a/services/up/', 'a', '', 'http://a/services/up/', 'left'])
})

it.each([
  ['longer', '4', 'abcde'],
  ['shorter', '6', 'abcde'],
])('breaks off an answer whose body is %s than its head says', async (_, length, body) => {
  const client = await before(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${body}`, async (c, next) => {
    await next()
    c.res.headers.set('content-length', length)
  })
  await expect(client.write(request()).response()).rejects.toThrow('in a response')
})

it('gives a client its answer no faster than it reads', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536
      controller.enqueue(new Uint8Array(65_536))
    },
  })
  const client = await before('', async () => new Response(endless))
  client.write(request())
  client.socket.pause()
  await taken(client.socket)
  let seen = -1
  await until('nothing more is taken of it', () => {
    const stands = seen === sent
    seen = sent
    return stands
  })
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})
