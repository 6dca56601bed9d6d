import { beforeAll, expect, it } from 'vitest'
import { ids } from '../../support/call.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw.ts'
import { until } from '../../support/until.ts'
import { startWebSocketInstance, WebSocketClient, type WebSocketInstance } from '../../support/websocket.ts'

const OWN = `
const named = (name, handler) => ({ kind: 'middleware', name, create: () => handler })
export default [
  named('stamped', async (c, next) => {
    await next()
    c.header('x-stamp', String(c.res.status))
    c.header('x-other', 'other')
    c.header('upgrade', 'mail')
  }),
  named('refusing', async (c, next) => {
    await next()
    c.res = c.text('not you', 403)
  }),
  named('failing', async (c, next) => {
    await next()
    throw new Error('after the switch')
  }),
  named('first', async (c, next) => (c.req.query('token') === 'yes' ? next() : c.text('no token', 401))),
]
`

let instance: WebSocketInstance
let gateway: GatewayProcess

beforeAll(async () => {
  instance = await startWebSocketInstance()
  const services = Object.fromEntries(
    ['plain', 'stamped', 'refusing', 'failing', 'first', 'all'].map((name) => [name, [instance.address]]),
  )
  const yaml = `
    plugins: [./own.mjs]
    middleware: [{ type: cors, options: { origin: '*' } }]
    services:
      stamped: { middleware: [stamped] }
      refusing: { middleware: [refusing] }
      failing: { middleware: [failing] }
      first: { middleware: [first] }
      all: { middleware: [secure-headers, compress, etag, stamped] }
  `
  gateway = await startGateway(yaml, { services, files: { 'own.mjs': OWN } })
})

const url = (service: string) => `${gateway.url}/services/${service}/`

it('adds what middleware sets to the 101, before and after the switch', async () => {
  const client = await WebSocketClient.open(url('stamped'))
  const { headers } = client.response!
  // Fetch knows no 101.
  expect([headers['access-control-allow-origin'], headers['x-stamp'], headers['x-other']]).toEqual([
    '*',
    '204',
    'other',
  ])
  expect(headers.upgrade).toBe('websocket')
  client.socket.send('hello')
  expect(String(await client.message())).toBe('hello')
})

it('goes through middleware that is made for bodies', async () => {
  const client = await WebSocketClient.open(url('all'))
  expect(client.response!.headers['x-content-type-options']).toBe('nosniff')
  client.socket.send('hello')
  expect(String(await client.message())).toBe('hello')
})

it.each([
  ['refusing', 403, 'not you'],
  ['failing', 500, 'GW_INTERNAL'],
])(
  'sends the answer that a %s middleware puts in the place of a 101, and closes the tunnel',
  async (service, status, body) => {
    const before = instance.sessions.length
    const refused = await WebSocketClient.refusal(url(service))
    expect(refused.status).toBe(status)
    expect(refused.body).toContain(body)
    const { socket } = await instance.session(before)
    await until('the session at the instance has ended', () => socket.readyState === socket.CLOSED)
  },
)

it('asks no instance when a middleware has refused', async () => {
  const before = instance.sessions.length
  expect((await WebSocketClient.refusal(url('first'))).status).toBe(401)
  expect(instance.sessions.length).toBe(before)
  await WebSocketClient.open(`${url('first')}?token=yes`)
})

it('logs a refused upgrade when its answer has left, however long the client stays', async () => {
  const client = await RawClient.open(gateway.port)
  const id = ids()
  client.write(
    `GET /services/first/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nX-Request-Id: ${id}\r\n\r\n`,
  )
  expect((await client.response()).status).toBe(401)
  const { durationMs, end } = await gateway.accessOf(id)
  expect(end).toBe('complete')
  expect(durationMs).toBeLessThan(900)
  await client.closed()
})
