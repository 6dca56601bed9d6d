import { beforeAll, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const READER = `
export default {
  kind: 'middleware', name: 'reader',
  create: () => async (c, next) => {
    if (c.req.header('x-read')) return c.text('read ' + await c.req.text())
    await next()
  },
}`

let upstream: Upstream
let gateway: GatewayProcess

beforeAll(async () => {
  upstream = await startUpstream()
  gateway = await startGateway(
    '{ plugins: [./reader.mjs], middleware: [reader], server: { limits: { bodyBytes: 10B } } }',
    { services: { up: [upstream.address] }, files: { 'reader.mjs': READER } },
  )
})

const head = (...fields: string[]) =>
  `${['POST /services/up/ HTTP/1.1', 'Host: a', 'Expect: 100-continue', ...fields].join('\r\n')}\r\n\r\n`

it('asks for a body that a middleware reads', async () => {
  const client = await RawClient.open(gateway.port)
  client.write(head('Content-Length: 4', 'X-Read: yes'))
  await client.until('HTTP/1.1 100 Continue\r\n\r\n')
  expect((await client.write('body').response()).body).toBe('read body')
})

it.each(['Content-Length: 4', 'Transfer-Encoding: chunked'])(
  'asks for a body that is held to a limit only when the instance does: %s',
  async (framing) => {
    const client = await RawClient.open(gateway.port)
    client.write(head(framing))
    await client.until('HTTP/1.1 100 Continue\r\n\r\n')
    client.write(framing.includes('4') ? 'body' : '4\r\nbody\r\n0\r\n\r\n')
    expect(JSON.parse((await client.response()).body).body).toBe('body')
    const asked = upstream.asked.at(-1)!
    expect(asked.headers.expect).toBe('100-continue')
  },
)

it('asks for no body that is over the limit by its own word, and closes', async () => {
  const client = await RawClient.open(gateway.port)
  client.write(head('Content-Length: 11'))
  const response = await client.response()
  expect(response.status).toBe(413)
  expect(client.received).not.toContain('100 Continue')
  expect(response.header('connection')).toBe('close')
  await client.closed()
})

it.each(['the-unexpected', '100-continue, the-unexpected'])('answers %s itself, and closes', async (expectation) => {
  const client = await RawClient.open(gateway.port)
  client.write(`GET /services/up/ HTTP/1.1\r\nHost: a\r\nExpect: ${expectation}\r\n\r\n`)
  const response = await client.response()
  expect(response.status).toBe(417)
  expect(response.header('x-portolan-error')).toBe('GW_EXPECTATION_FAILED')
  await client.closed()
})

it('gives the answer of another instance when the first one cannot be connected to', async () => {
  const gone = await startUpstream()
  await gone.close()
  const both = await startGateway('', { services: { up: [gone.address, upstream.address] } })
  for (let i = 0; i < 4; i++) {
    const client = await RawClient.open(both.port)
    client.write(head('Content-Length: 4'))
    await client.until('HTTP/1.1 100 Continue\r\n\r\n')
    expect((await client.write('body').response()).status).toBe(200)
  }
})
