import type { Socket } from 'node:net'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { startRawUpstream, startUpstream, type Upstream } from '../support/upstream.ts'

let upstream: Upstream
let spoken: Upstream
let gateway: GatewayProcess
let trusting: GatewayProcess
/** The response head that the raw instance writes, without its end. */
let answer: readonly string[] = []

beforeAll(async () => {
  upstream = await startUpstream()
  spoken = await startRawUpstream((socket: Socket) => {
    socket.on('data', () => socket.write(Buffer.from(`${answer.join('\r\n')}\r\n\r\n`, 'latin1')))
  })
  const services = { up: [upstream.address], spoken: [spoken.address] }
  gateway = await startGateway('', { services })
  trusting = await startGateway('server: { trustedProxies: [127.0.0.0/8, 10.0.0.0/8] }', { services })
})

beforeEach(() => {
  upstream.asked.length = 0
})

const request = (line: string, ...fields: string[]) => `${[line, 'Host: gateway', ...fields].join('\r\n')}\r\n\r\n`

/** What the instance is told, by lower-case name; values in the order of their lines. */
async function told(
  fields: readonly string[],
  via = gateway,
  target = '/services/up/',
  line = `GET ${target} HTTP/1.1`,
) {
  const client = await RawClient.open(via.port)
  expect((await client.write(request(line, ...fields)).response()).status).toBe(200)
  const { rawHeaders, url } = upstream.asked.at(-1)!
  const pairs: [string, string][] = []
  for (let i = 0; i < rawHeaders.length; i += 2) pairs.push([rawHeaders[i]!, rawHeaders[i + 1]!])
  const all = (name: string) => pairs.filter(([found]) => found.toLowerCase() === name).map(([, value]) => value)
  return { url, pairs, all, one: (name: string) => all(name).join(' | ') }
}

/** What the client is told of this response head. */
async function said(head: readonly string[], ...fields: string[]) {
  answer = head
  const client = await RawClient.open(gateway.port)
  return client.write(request('GET /services/spoken/ HTTP/1.1', ...fields)).response()
}

it('keeps order, case and duplicates of request headers', async () => {
  const { pairs } = await told(['X-One: 1', 'aCCept: a', 'x-ONE: 2', 'X-Two:', 'accept: b'])
  const own = pairs.filter(([name]) => /^(x-one|x-two|accept)$/i.test(name))
  expect(own).toEqual([
    ['X-One', '1'],
    ['aCCept', 'a'],
    ['x-ONE', '2'],
    ['X-Two', ''],
    ['accept', 'b'],
  ])
})

it('keeps order, case and duplicates of response headers, Set-Cookie above all', async () => {
  const fields = ['Set-Cookie: a=1; Path=/, x', 'X-Odd: 1', 'SET-COOKIE: b=2', 'x-odd: 2', 'Content-Length: 0']
  const response = await said(['HTTP/1.1 200 OK', ...fields])
  const own = response.fields.filter(([name]) => /^(set-cookie|x-odd)$/i.test(name))
  expect(own.map((pair) => pair.join(': '))).toEqual(fields.slice(0, 4))
})

it('keeps the date, the server and the type of the instance, and invents none', async () => {
  const fields = ['Date: Tue, 15 Nov 1994 08:12:31 GMT', 'Server: mine', 'Content-Length: 0']
  const response = await said(['HTTP/1.1 200 OK', ...fields])
  expect(response.fields.filter(([name]) => name.toLowerCase() === 'date')).toEqual([['Date', fields[0]!.slice(6)]])
  expect(response.header('server')).toBe('mine')
  expect(response.header('content-type')).toBeUndefined()
})

it('keeps the bytes of header values, be they latin1 or UTF-8', async () => {
  const values = ['caf\xe9', Buffer.from('naïve – 日本').toString('latin1')]
  for (const value of values) {
    expect((await told([`X-Bytes: ${value}`])).one('x-bytes')).toBe(value)
    const response = await said(['HTTP/1.1 200 OK', 'Content-Length: 0', `Content-Disposition: ${value}`])
    expect(response.header('content-disposition')).toBe(value)
  }
})

it('tells the instance nothing that was about the connection of the client', async () => {
  const fields = ['Keep-Alive: timeout=5', 'Proxy-Connection: keep-alive', 'X-Mine: 1', 'X-Kept: 1', 'Proxy: evil']
  const { one } = await told([
    'Connection: X-Mine, close',
    ...fields,
    'TE: gzip',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMA',
  ])
  const names = ['connection', 'keep-alive', 'proxy-connection', 'x-mine', 'te', 'upgrade', 'http2-settings', 'proxy']
  for (const name of names) expect([name, one(name)]).toEqual([name, ''])
  expect(one('x-kept')).toBe('1')
})

it('tells the client nothing that was about the connection of the instance', async () => {
  const fields = ['Connection: X-Mine', 'X-Mine: 1', 'Keep-Alive: timeout=77', 'X-Kept: 1', 'Content-Length: 0']
  const response = await said(['HTTP/1.1 200 OK', ...fields])
  expect(response.header('x-mine')).toBeUndefined()
  expect(response.header('keep-alive')).not.toBe('timeout=77')
  expect(response.header('x-kept')).toBe('1')
})

it('does not let Connection take away the framing, the host or what the gateway says', async () => {
  const { one } = await told(['Connection: host, x-forwarded-for, x-request-id, via'])
  expect(one('host')).toBe('gateway')
  expect(one('x-forwarded-for')).toBe('127.0.0.1')
  expect(one('via')).toBe('1.1 portolan')
  expect(one('x-request-id')).not.toBe('')
})

it('says who asks, how and for what, and believes nobody else about it', async () => {
  const lies = ['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: evil', 'Forwarded: for=evil']
  const { one } = await told([...lies, 'X-Forwarded-Prefix: /evil'])
  expect(one('x-forwarded-for')).toBe('127.0.0.1')
  expect(one('x-forwarded-proto')).toBe('http')
  expect(one('x-forwarded-host')).toBe('gateway')
  expect(one('x-forwarded-prefix')).toBe('/services/up')
  expect(one('forwarded')).toBe('')
})

it('believes a trusted proxy', async () => {
  const words = ['X-Forwarded-For: 1.2.3.4, 10.0.0.9', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example']
  const { one } = await told([...words, 'X-Forwarded-Prefix: /base', 'X-Request-Id: of-the-proxy'], trusting)
  expect(one('x-forwarded-for')).toBe('1.2.3.4, 10.0.0.9, 127.0.0.1')
  expect(one('x-forwarded-proto')).toBe('https')
  expect(one('x-forwarded-host')).toBe('shop.example')
  expect(one('x-forwarded-prefix')).toBe('/base/services/up')
  expect(await trusting.accessOf('of-the-proxy')).toMatchObject({ client: '1.2.3.4' })
})

it('takes the host of an absolute target for the one that is asked for', async () => {
  const { url, all, one } = await told([], gateway, '', 'GET http://front.example:81/services/up/x?y HTTP/1.1')
  expect(url).toBe('/x?y')
  expect(all('host')).toEqual(['front.example:81'])
  expect(one('x-forwarded-host')).toBe('front.example:81')
})

it('adds itself to Via, in the version that it was asked in', async () => {
  expect((await told(['Via: 1.1 front'])).one('via')).toBe('1.1 front, 1.1 portolan')
  expect((await told([], gateway, '', 'GET /services/up/ HTTP/1.0')).one('via')).toBe('1.0 portolan')
})

it('carries a trace on, and begins one where there is none', async () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const carried = await told([`traceparent: ${trace}`, 'tracestate: a=1'])
  expect([carried.one('traceparent'), carried.one('tracestate')]).toEqual([trace, 'a=1'])
  const begun = (await told([])).one('traceparent')
  expect(begun).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/)
  expect((await told([])).one('traceparent')).not.toBe(begun)
})

it('gives each request an id, or keeps the one that it has if it is one', async () => {
  const ids = [(await told([])).one('x-request-id'), (await told([])).one('x-request-id')]
  expect(new Set(ids).size).toBe(2)
  expect((await told(['X-Request-Id: mine-1'])).all('x-request-id')).toEqual(['mine-1'])
  for (const bad of ['a b', '"><script>', 'x'.repeat(129)])
    expect((await told([`X-Request-Id: ${bad}`])).one('x-request-id')).not.toBe(bad)
})

for (const path of [
  '/a%2Fb%20c',
  '/x?q=%2F&q=a+b&&=;%zz',
  '/%E6%97%A5/~u//v/',
  "/a;b=1,2'(3)!*",
  '/a/./b/%2e%2e/?keep=../x',
]) {
  it(`passes the path ${path} byte for byte, dot segments apart`, async () => {
    const { url } = await told([], gateway, `/services/up${path}`)
    expect(url).toBe(path === '/a/./b/%2e%2e/?keep=../x' ? '/a/?keep=../x' : path)
  })
}

it('passes the path and the query of api_name, and the own query after it', async () => {
  const { url, pairs } = await told(['service_name: up', 'api_name: /user%2F1?id=1'], gateway, '/?page=2')
  expect(url).toBe('/user%2F1?id=1&page=2')
  expect(pairs.filter(([name]) => /service|api/.test(name))).toEqual([])
})
