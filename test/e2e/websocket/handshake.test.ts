import { beforeAll, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw.ts'
import { type RawInstances, startRawInstance, switchAnswer, switchRequest } from '../../support/switching.ts'

let instance: RawInstances
let gateway: GatewayProcess

beforeAll(async () => {
  instance = await startRawInstance()
  gateway = await startGateway(
    'server: { upgrades: [websocket, tail] }\nupstream: { responseTimeout: 1s, idleTimeout: 1ms }\nhealth: { passive: null }',
    { services: { s: [instance.address] } },
  )
})

const NEXT = 'GET /services/none/ HTTP/1.1\r\nHost: gateway\r\n\r\n'

async function asked(request: string) {
  const client = await RawClient.open(gateway.port)
  const before = instance.ends.length
  client.write(request)
  const end = await instance.end(before)
  await end.sees('\r\n\r\n')
  return { client, end }
}

it('tells the instance what is asked for, and the client what it has got, with all that is for them', async () => {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  const { client, end } = await asked(switchRequest('WebSocket', key, 'Origin: http://a', 'Sec-WebSocket-Version: 13'))
  expect(end.received).toMatch(/^GET \/ HTTP\/1\.1\r\n/)
  expect(end.received).toMatch(/\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n$/)
  for (const field of [key, 'Origin: http://a', 'Sec-WebSocket-Version: 13', 'x-forwarded-for: 127.0.0.1'])
    expect(end.received).toContain(`\r\n${field}\r\n`)
  end.write(
    switchAnswer('WebSocket', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'X-Own: 1', 'Set-Cookie: a=1'),
  )
  const said = await client.until('\r\n\r\n')
  expect(said.split('\r\n').slice(0, 6)).toEqual([
    'HTTP/1.1 101 Switching Protocols',
    'Connection: upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    'X-Own: 1',
    'Set-Cookie: a=1',
  ])
})

it('loses no byte that is glued to the request or to the 101', async () => {
  const { client, end } = await asked(`${switchRequest()}first from the client`)
  client.write(', and more')
  end.write(`${switchAnswer()}first from the instance`)
  await client.until('first from the instance')
  await end.sees('first from the client, and more')
  client.write('.')
  await end.sees('and more.')
})

it('passes on a refusal as it is, and closes: what the client sends next is no request', async () => {
  const { client, end } = await asked(`${switchRequest()}GET /services/s/smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n`)
  end.write('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 8\r\n\r\nwho are?')
  const answer = await client.response()
  expect([answer.status, answer.header('www-authenticate'), answer.body]).toEqual([401, 'Basic', 'who are?'])
  expect(answer.header('connection')).toBe('close')
  expect(await client.closed()).toBe('end')
  expect(end.received).not.toContain('smuggled')
})

it('passes on a refusal of any length at the pace of the client', async () => {
  const { client, end } = await asked(switchRequest())
  end.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400000\r\n`)
  end.write(Buffer.alloc(0x400000, 'x')).write('\r\n0\r\n\r\n')
  expect((await client.response()).body).toBe('x'.repeat(0x400000))
})

it.each([
  ['another protocol', switchAnswer('h2c')],
  ['several protocols', switchAnswer('websocket, tail')],
  ['none', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n'],
  ['no Connection: upgrade', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
])('takes a 101 with %s for no answer', async (_, wrong) => {
  const { client, end } = await asked(switchRequest())
  end.write(wrong)
  const answer = await client.response()
  expect([answer.status, answer.header('x-portolan-error')]).toEqual([502, 'GW_UPSTREAM_RESET'])
  expect(end.ended).toBeDefined()
})

it('answers 504 when the instance does not answer', async () => {
  const { client } = await asked(switchRequest())
  expect((await client.response()).status).toBe(504)
})

it.each([
  ['for h2c', switchRequest('h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA')],
  ['for an unknown protocol', switchRequest('irc/6.9')],
  ['with a body', switchRequest('websocket', 'Content-Length: 4').replace('GET', 'POST').concat('body')],
  ['in HTTP/1.0', switchRequest().replace('HTTP/1.1', 'HTTP/1.0')],
])('takes a request to switch %s for a plain one', async (what, request) => {
  const { client, end } = await asked(request)
  expect(end.received).not.toMatch(/\r\n(upgrade|http2-settings|connection):/i)
  end.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  expect((await client.response()).body).toBe('ok')
  // Behind a body Node's parser is not to be trusted any more.
  if (what === 'in HTTP/1.0' || what === 'with a body') return
  client.write(NEXT)
  expect((await client.response()).status).toBe(404)
})

it.each([
  ['a plain one', switchRequest('h2c')],
  ['one with a body', switchRequest('h2c', 'Content-Length: 4').replace('GET', 'POST').concat('body')],
])('closes after the answer to %s that was asked to switch, if another request came with it', async (_, request) => {
  const { client, end } = await asked(request + NEXT)
  end.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  const { body, header } = await client.response()
  expect([body, header('connection')]).toEqual(['ok', 'close'])
  expect(await client.closed()).toBe('end')
})

it('chooses the first protocol that may be, of those that the client names', async () => {
  const { client, end } = await asked(switchRequest('h2c, tail, websocket'))
  expect(end.received).toContain('\r\nupgrade: tail\r\n')
  end.write(`${switchAnswer('tail')}lines`)
  await client.until('lines')
})

it('closes the instance when the client has left before the answer', async () => {
  const { client, end } = await asked(switchRequest('websocket', 'X-Request-Id: left'))
  client.socket.destroy()
  await expect.poll(() => end.ended).toBeDefined()
  expect(await gateway.accessOf('left')).toMatchObject({ status: 499, code: 'GW_CLIENT_CLOSED', end: 'client-closed' })
})

it('opens no tunnel for CONNECT', async () => {
  const client = await RawClient.open(gateway.port)
  const before = instance.ends.length
  client.write(`CONNECT ${instance.address} HTTP/1.1\r\nHost: ${instance.address}\r\n\r\n`)
  await client.closed()
  expect(client.received).not.toMatch(/^HTTP\/1\.1 2/)
  expect(instance.ends.length).toBe(before)
})
