import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { call } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { rawExchange } from '../support/raw.ts'
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
