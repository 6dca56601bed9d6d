import { beforeAll, beforeEach, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient, type RawResponse, rawExchange } from '../support/raw.ts'
import { until } from '../support/until.ts'
import { echo, startUpstream, type Upstream } from '../support/upstream.ts'

let upstream: Upstream
let gateway: GatewayProcess
/** Sends an answer before the request has come whole. */
const EARLY = '/early'
/** Sends none. */
const SILENT = '/silent'

beforeAll(async () => {
  upstream = await startUpstream((incoming, response) => {
    if (incoming.url === EARLY) response.end('early')
    else if (incoming.url !== SILENT) echo(incoming, response)
  })
  const limits = 'headerCount: 20, urlBytes: 9KiB, headerTimeout: 1s, bodyTimeout: 2s, bodyBytes: 64KiB'
  gateway = await startGateway(
    `
    server: { limits: { ${limits}, requestsPerConnection: 16 } }
    upstream: { responseTimeout: 300ms }
    retry: { attempts: 1 }
    `,
    { services: { echo: [upstream.address] } },
  )
}, 60_000)

beforeEach(() => {
  upstream.asked.length = 0
})

const request = (line: string, ...fields: string[]) => `${[line, 'Host: gateway', ...fields].join('\r\n')}\r\n\r\n`
const post = (target: string, length: number) =>
  request(`POST /services/echo${target} HTTP/1.1`, `Content-Length: ${length}`)
const open = () => RawClient.open(gateway.port)

/** Answered so, as it should be, and closed. */
async function refused(client: RawClient, status: number, code: string): Promise<RawResponse> {
  const response = await client.response()
  expect([response.status, response.header('x-portolan-error')]).toEqual([status, code])
  expect(response.header('connection')).toBe('close')
  expect(JSON.parse(response.body)).toMatchObject({ status, code })
  await client.closed()
  expect(client.received).toBe('')
  return response
}

it('takes as many fields as headerCount says, and refuses one more', async () => {
  const fields = (count: number) => Array.from({ length: count - 1 }, (_, i) => `x-${i}: y`)
  const client = await open()
  expect((await client.write(request('GET /services/echo/ HTTP/1.1', ...fields(20))).response()).status).toBe(200)
  client.write(request('GET /services/echo/ HTTP/1.1', ...fields(21)))
  await refused(client, 431, 'GW_HEADERS_TOO_LARGE')
  expect(upstream.asked).toHaveLength(1)
})

it('takes a target as long as urlBytes says, and refuses a longer one', async () => {
  const target = (length: number) => `/services/echo/`.padEnd(length, 'x')
  const client = await open()
  expect((await client.write(request(`GET ${target(9 * 1024)} HTTP/1.1`)).response()).status).toBe(200)
  client.write(request(`GET ${target(9 * 1024 + 1)} HTTP/1.1`))
  await refused(client, 414, 'GW_URL_TOO_LONG')
  expect(upstream.asked).toHaveLength(1)
})

it('bounds a head as a whole, however steadily it trickles in', async () => {
  const client = await open()
  const trickle = setInterval(() => client.socket.write('x'), 50)
  client.write('GET /services/echo/ HTTP/1.1\r\nHost: a\r\nx: ')
  await refused(client, 408, 'GW_REQUEST_TIMEOUT').finally(() => clearInterval(trickle))
})

it('gives up a request whose body stands still, and lets go of the instance', async () => {
  const client = await open()
  client.write(`${post('/stalled', 100)}half`)
  await until('the instance is asked', () => upstream.asked.length === 1)
  const [asked] = upstream.asked
  await refused(client, 408, 'GW_REQUEST_TIMEOUT')
  await until('the instance is let go of', () => upstream.sockets.size === 0)
  expect(asked!.complete).toBe(false)
})

it('bears a body that pauses longer than an instance may take for its answer', async () => {
  const client = await open()
  client.write(`${post('/paused', 8)}half`)
  for (const rest of ['ha', 'lf']) {
    const silent = await rawExchange(gateway.port, request(`GET /services/echo${SILENT} HTTP/1.1`))
    expect(silent.status).toBe(504)
    client.write(rest)
  }
  expect(JSON.parse((await client.response()).body)).toMatchObject({ body: 'halfhalf' })
})

it('does not keep a connection for a body that stands still behind its answer', async () => {
  const client = await open()
  client.write(`${post(EARLY, 100)}half`)
  expect((await client.response()).body).toBe('early')
  await client.closed()
})

it('refuses a body over the limit so that a client that goes on sending can read why', async () => {
  const client = await open()
  client.write(post('/large', 50 * 1024 * 1024))
  const flood = setInterval(() => client.socket.write(Buffer.alloc(64 * 1024)), 1)
  const response = await client.response()
  expect([response.status, response.header('x-portolan-error')]).toEqual([413, 'GW_BODY_TOO_LARGE'])
  await client.closed().finally(() => clearInterval(flood))
  expect(upstream.asked).toEqual([])
})

it('says on the last request that a connection may carry that it closes, between seven eighths and all of requestsPerConnection', async () => {
  const lengths = new Set<number>()
  for (let round = 0; round < 12; round++) {
    const client = await open()
    let count = 1
    while ((await client.write(request('GET /services/echo/ HTTP/1.1')).response()).header('connection') !== 'close')
      count++
    await client.closed()
    lengths.add(count)
  }
  expect(Math.max(...lengths)).toBeLessThanOrEqual(16)
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(14)
  expect(lengths.size).toBeGreaterThan(1)
})

it('asks nothing for what is pipelined behind the last request of a connection', async () => {
  const client = await open()
  client.write(Array.from({ length: 20 }, (_, i) => request(`GET /services/echo/${i} HTTP/1.1`)).join(''))
  const urls: string[] = []
  for (let closes = false; !closes; ) {
    const response = await client.response()
    urls.push(JSON.parse(response.body).url)
    closes = response.header('connection') === 'close'
  }
  await client.closed()
  expect(upstream.asked.map(({ url }) => url).sort()).toEqual([...urls].sort())
})
