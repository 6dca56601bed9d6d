import type { Socket } from 'node:net'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { startRawUpstream, startUpstream, type Upstream } from '../support/upstream.ts'
import { freePort } from '../support/zookeeper-probe.ts'

const TRUSTING = `
server: { trustedProxies: [127.0.0.0/8, 10.0.0.0/8], forwarded: true }
upstream: { restorePrefix: true }
`

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
  const services = {
    up: [upstream.address],
    spoken: [spoken.address],
    plain: [spoken.address],
    away: [`127.0.0.1:${await freePort()}`],
  }
  gateway = await startGateway('', { services })
  trusting = await startGateway(`${TRUSTING}services: { plain: { upstream: { restorePrefix: false } } }`, { services })
})

beforeEach(() => {
  upstream.asked.length = 0
})

const request = (line: string, ...fields: string[]) => `${[line, 'Host: gateway', ...fields].join('\r\n')}\r\n\r\n`

async function asked(via: GatewayProcess, target: string, ...fields: string[]) {
  const client = await RawClient.open(via.port)
  return client.write(request(`GET ${target} HTTP/1.1`, ...fields)).response()
}

/** What the instance is told, by lower-case name; values in the order of their lines. */
async function told(fields: readonly string[], via = gateway, target = '/services/up/') {
  expect((await asked(via, target, ...fields)).status).toBe(200)
  const { rawHeaders, url } = upstream.asked.at(-1)!
  const pairs: [string, string][] = []
  for (let i = 0; i < rawHeaders.length; i += 2) pairs.push([rawHeaders[i]!, rawHeaders[i + 1]!])
  const one = (name: string) =>
    pairs
      .filter(([found]) => found.toLowerCase() === name)
      .map(([, value]) => value)
      .join(' | ')
  return { url, pairs, one }
}

it('keeps order, case and duplicates of request fields', async () => {
  const { pairs } = await told(['X-One: 1', 'aCCept: a', 'x-ONE: 2', 'X-Two:', 'accept: b'])
  const own = pairs.filter(([name]) => /^(x-one|x-two|accept)$/i.test(name))
  expect(own.map((pair) => pair.join(':'))).toEqual(['X-One:1', 'aCCept:a', 'x-ONE:2', 'X-Two:', 'accept:b'])
})

it('keeps order, case and duplicates of response fields', async () => {
  answer = ['HTTP/1.1 200 OK', 'Set-Cookie: a=1', 'X-Odd: 1', 'SET-COOKIE: b=2', 'x-odd: 2', 'Content-Length: 0']
  const { fields } = await asked(gateway, '/services/spoken/')
  const own = fields.filter(([name]) => /^(set-cookie|x-odd)$/i.test(name))
  expect(own.map((pair) => pair.join(': '))).toEqual(answer.slice(1, 5))
})

it('believes a trusted proxy, in the log as well', async () => {
  const words = ['X-Forwarded-For: 1.2.3.4, 10.0.0.9', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example']
  const { one } = await told([...words, 'X-Forwarded-Prefix: /base', 'X-Request-Id: of-the-proxy'], trusting)
  expect(one('x-forwarded-for')).toBe('1.2.3.4, 10.0.0.9, 127.0.0.1')
  expect(one('x-forwarded-proto')).toBe('https')
  expect(one('x-forwarded-host')).toBe('shop.example')
  expect(one('x-forwarded-prefix')).toBe('/base/services/up')
  expect(one('forwarded')).toBe(
    'for=1.2.3.4;host=shop.example;proto=https, for=10.0.0.9, for=127.0.0.1;host=gateway;proto=http',
  )
  expect(await trusting.accessOf('of-the-proxy')).toMatchObject({ client: '1.2.3.4' })
})

it('believes the Forwarded of a trusted proxy where it says nothing else, and survives one that is none', async () => {
  const { one } = await told(['Forwarded: for="[2001:db8::1]:9";proto=https', 'X-Request-Id: by-rfc'], trusting)
  expect(one('x-forwarded-for')).toBe('2001:db8::1, 127.0.0.1')
  expect(one('forwarded')).toBe('for="[2001:db8::1]:9";proto=https, for=127.0.0.1;host=gateway;proto=http')
  expect(await trusting.accessOf('by-rfc')).toMatchObject({ client: '2001:db8::1' })
  const broken = await told(['Forwarded: for="[', 'X-Request-Id: by-nobody'], trusting)
  expect(broken.one('forwarded')).toBe('for=127.0.0.1;host=gateway;proto=http')
  expect(await trusting.accessOf('by-nobody')).toMatchObject({ client: '127.0.0.1' })
})

it('carries a trace on, and begins one where there is none', async () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const carried = await told([`traceparent: ${trace}`, 'tracestate: a=1'])
  expect([carried.one('traceparent'), carried.one('tracestate')]).toEqual([trace, 'a=1'])
  const begun = (await told(['tracestate: a=1'])).one('traceparent')
  expect(begun).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/)
  expect((await told([])).one('traceparent')).not.toBe(begun)
})

it('gives each request an id, or keeps the one that it has if it is one', async () => {
  const ids = [(await told([])).one('x-request-id'), (await told([])).one('x-request-id')]
  expect(new Set(ids).size).toBe(2)
  expect((await told(['X-Request-Id: mine-1'])).one('x-request-id')).toBe('mine-1')
  for (const bad of ['a b', '"><script>', 'x'.repeat(129)])
    expect((await told([`X-Request-Id: ${bad}`])).one('x-request-id')).not.toBe(bad)
  const twice = await told(['X-Request-Id: mine-1', 'X-Request-Id: mine-2'])
  expect(twice.one('x-request-id')).not.toContain('mine')
})

it('passes the path and the query of api_name, and the own query after it', async () => {
  const { url, pairs } = await told(['service_name: up', 'api_name: /user%2F1?id=1'], gateway, '/?page=2')
  expect(url).toBe('/user%2F1?id=1&page=2')
  expect(pairs.filter(([name]) => /service|api/.test(name))).toEqual([])
})

it('puts a stripped prefix back where that is wanted', async () => {
  answer = ['HTTP/1.1 302 Found', 'Location: /login', 'Set-Cookie: a=1; Path=/', 'Content-Length: 0']
  const restored = await asked(trusting, '/services/spoken/x')
  expect([restored.header('location'), restored.header('set-cookie')]).toEqual([
    '/services/spoken/login',
    'a=1; Path=/services/spoken',
  ])
  for (const [via, target] of [
    [gateway, '/services/spoken/x'],
    [trusting, '/services/plain/x'],
  ] as const) {
    const left = await asked(via, target)
    expect([left.header('location'), left.header('set-cookie')]).toEqual(['/login', 'a=1; Path=/'])
  }
  const byHeader = await asked(trusting, '/x', 'service_name: spoken')
  expect(byHeader.header('location')).toBe('/login')
})

it('logs a failed call of gRPC with the status that was sent and the code that it is', async () => {
  const fields = ['Content-Type: application/grpc', 'X-Request-Id: of-grpc']
  const { status, header } = await asked(gateway, '/services/away/a.B/C', ...fields)
  expect([status, header('grpc-status'), header('x-portolan-error')]).toEqual([200, '14', 'GW_UPSTREAM_UNREACHABLE'])
  expect(await gateway.accessOf('of-grpc')).toMatchObject({ status: 200, code: 'GW_UPSTREAM_UNREACHABLE' })
})
