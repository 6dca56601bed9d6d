import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { call } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient, rawExchange } from '../support/raw.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

let upstream: Upstream
let gateway: GatewayProcess
let workers: number[]

beforeAll(async () => {
  upstream = await startUpstream()
  gateway = await startGateway(
    `
    server: { workers: 1, limits: { bodyBytes: 64KiB, headerTimeout: 2s } }
    routing: [{ mode: path, prefix: /services }, { mode: headers, service: service_name, api: api_name }]
    `,
    { services: { echo: [upstream.address] } },
  )
  workers = await gateway.workers()
})

// Whatever was sent, it has harmed nobody.
afterEach(async () => {
  const reply = await call(`${gateway.url}/services/echo/after`)
  expect(reply.status).toBe(200)
  expect(await gateway.workers()).toEqual(workers)
  expect(urls()).not.toContain('/smuggled')
})

beforeEach(() => {
  upstream.asked.length = 0
})

const urls = () => upstream.asked.map(({ url }) => url)
const request = (line: string, ...fields: string[]) => `${[line, 'Host: gateway', ...fields].join('\r\n')}\r\n\r\n`
const send = (bytes: string | Buffer) => rawExchange(gateway.port, bytes)

/** Refused, and nothing of it has come to an instance. */
async function refuses(bytes: string | Buffer, status: number, code?: string) {
  const response = await send(bytes)
  expect(response.status).toBe(status)
  if (code) {
    expect(response.header('x-portolan-error')).toBe(code)
    expect(JSON.parse(response.body)).toMatchObject({ code, status })
  }
  expect(urls()).toEqual([])
  return response
}

for (const api of ['@evil/', 'http://evil/', '//evil/', '\\\\evil\\', '/..//evil/', '/a\\b', '', 'user', '/a#b']) {
  it(`refuses api_name: ${api || '(empty)'}`, async () => {
    await refuses(request('GET / HTTP/1.1', 'service_name: echo', `api_name: ${api}`), 400, 'GW_BAD_REQUEST')
  })
}

for (const name of ['../x', '', 'a/b', 'a%2fb', 'ä'.repeat(3), 'x'.repeat(129)]) {
  it(`refuses service_name: ${name.slice(0, 20) || '(empty)'}`, async () => {
    await refuses(request('GET / HTTP/1.1', `service_name: ${name}`), 400, 'GW_BAD_REQUEST')
  })
}

for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
  it(`knows no service ${name}`, async () => {
    await refuses(request('GET / HTTP/1.1', `service_name: ${name}`), 404, 'GW_SERVICE_NOT_FOUND')
    await refuses(request(`GET /services/${name}/ HTTP/1.1`), 404, 'GW_SERVICE_NOT_FOUND')
  })
}

for (const second of ['service_name', 'service-name', 'x-service-name']) {
  it(`refuses a second routing header: ${second}`, async () => {
    const bytes = request('GET / HTTP/1.1', 'service_name: echo', `${second}: echo`)
    await refuses(bytes, 400, 'GW_BAD_REQUEST')
  })
}

for (const target of [
  '/services/a%2f..%2fb',
  '/services/echo%2fx',
  '/services/%65cho%00/',
  '/%73ervices/echo/',
  '/services/..%2fservices/echo',
  '/services/echo/#fragment',
  'services/echo',
]) {
  it(`refuses the target ${target}`, async () => {
    await refuses(request(`GET ${target} HTTP/1.1`), 400, 'GW_BAD_REQUEST')
  })
}

it('refuses a header of 100 KB', async () => {
  await refuses(request('GET /services/echo/ HTTP/1.1', `x: ${'y'.repeat(100_000)}`), 431, 'GW_HEADERS_TOO_LARGE')
})

it('refuses a target of 100 KB', async () => {
  await refuses(request(`GET /services/echo/${'y'.repeat(100_000)} HTTP/1.1`), 431, 'GW_HEADERS_TOO_LARGE')
})

it('refuses 1500 fields in front of a length, and runs nothing of the body', async () => {
  const body = request('GET /services/echo/smuggled HTTP/1.1')
  for (const method of ['GET', 'POST']) {
    const fields = [...Array(1500).fill('a:'), `Content-Length: ${body.length}`]
    await refuses(request(`${method} /services/echo/ HTTP/1.1`, ...fields) + body, 431, 'GW_HEADERS_TOO_LARGE')
  }
})

const MALFORMED: Readonly<Record<string, string>> = {
  'two Host fields': request('GET /services/echo/ HTTP/1.1', 'Host: other'),
  'no Host': 'GET /services/echo/ HTTP/1.1\r\n\r\n',
  'a Host with a path': 'GET /services/echo/ HTTP/1.1\r\nHost: a/b\r\n\r\n',
  'a Host with a blank': 'GET /services/echo/ HTTP/1.1\r\nHost: a b\r\n\r\n',
  'a Host with userinfo': 'GET /services/echo/ HTTP/1.1\r\nHost: a@b\r\n\r\n',
  'Transfer-Encoding: gzip, chunked': `${request('POST /services/echo/ HTTP/1.1', 'Transfer-Encoding: gzip, chunked')}0\r\n\r\n`,
  'Transfer-Encoding: ,chunked': `${request('POST /services/echo/ HTTP/1.1', 'Transfer-Encoding: ,chunked')}0\r\n\r\n`,
  'chunked twice': `${request('POST /services/echo/ HTTP/1.1', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  'Transfer-Encoding: identity': request('POST /services/echo/ HTTP/1.1', 'Transfer-Encoding: identity'),
  'Content-Length and Transfer-Encoding': `${request('POST /services/echo/ HTTP/1.1', 'Content-Length: 3', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  'Transfer-Encoding in HTTP/1.0': `${request('POST /services/echo/ HTTP/1.0', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  'two lengths': `${request('POST /services/echo/ HTTP/1.1', 'Content-Length: 3', 'Content-Length: 4')}abcd`,
  'a negative length': request('POST /services/echo/ HTTP/1.1', 'Content-Length: -1'),
  'a signed length': `${request('POST /services/echo/ HTTP/1.1', 'Content-Length: +3')}abc`,
  'a folded field': 'GET /services/echo/ HTTP/1.1\r\nHost: a\r\nx: a\r\n b\r\n\r\n',
  'a blank before the colon': request('GET /services/echo/ HTTP/1.1', 'x : y'),
  'bare line feeds': 'GET /services/echo/ HTTP/1.1\nHost: a\n\n',
  'NUL in a value': request('GET /services/echo/ HTTP/1.1', 'x: a\0b'),
  'an unknown version': request('GET /services/echo/ HTTP/3.7'),
  'no version, and a field': 'GET /services/echo/\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
  garbage: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage\r\n\r\n',
}

for (const [what, bytes] of Object.entries(MALFORMED)) {
  it(`refuses ${what}, and runs nothing that follows on the connection`, async () => {
    const client = await RawClient.open(gateway.port)
    client.write(bytes + request('GET /services/echo/smuggled HTTP/1.1'))
    expect((await client.response()).status).toBe(400)
    await client.closed()
    expect(client.received).toBe('')
    expect(urls()).toEqual([])
  })
}
