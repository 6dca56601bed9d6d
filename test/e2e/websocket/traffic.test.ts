import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { startGateway } from '../../support/gateway.ts'
import { freePorts } from '../../support/ports.ts'
import { RawClient } from '../../support/raw.ts'
import { openTunnel, startRawInstance, switchRequest } from '../../support/switching.ts'
import { until } from '../../support/until.ts'
import { startWebSocketInstance, WebSocketClient } from '../../support/websocket.ts'

it('spreads sessions over the instances, and counts each as load while it lasts', async () => {
  const instances = [await startWebSocketInstance(), await startWebSocketInstance(), await startWebSocketInstance()]
  const services = { s: instances.map(({ address }) => address) }
  const gateway = await startGateway('balancing: least-request', { services })
  const counts = () => instances.map(({ server }) => server.clients.size)
  const clients: WebSocketClient[] = []
  for (let i = 0; i < 6; i++) clients.push(await WebSocketClient.open(`${gateway.url}/services/s/`))
  expect(counts()).toEqual([2, 2, 2])
  for (const { socket } of instances[0]!.sessions) socket.close()
  await until(
    'the gateway has seen them end',
    async () => (await gateway.metric('portolan_tunnels', 'service="s"')) === 4,
  )
  for (let i = 0; i < 2; i++) clients.push(await WebSocketClient.open(`${gateway.url}/services/s/`))
  expect(counts()).toEqual([2, 2, 2])
})

it('finds the service by header fields, as for any request', async () => {
  const instance = await startWebSocketInstance()
  const gateway = await startGateway('routing: { mode: headers }', { services: { chat: [instance.address] } })
  const headers = { service_name: 'chat', api_name: '/rooms/7?from=1' }
  const client = await WebSocketClient.open(gateway.url, [], { headers })
  client.socket.send('hello')
  expect(String(await client.message())).toBe('hello')
  const { request } = await instance.session()
  expect([request.url, request.headers.service_name]).toEqual(['/rooms/7?from=1', undefined])
})

it('tries another instance when one cannot be connected to', async () => {
  const instance = await startWebSocketInstance()
  const [dead] = await freePorts(1)
  const services = { s: [`127.0.0.1:${dead}`, instance.address] }
  const gateway = await startGateway('balancing: round-robin', { services })
  for (let i = 0; i < 4; i++) await WebSocketClient.open(`${gateway.url}/services/s/`)
  expect(instance.sessions.length).toBe(4)
})

it('holds sessions to the limit of requests in flight, and has room again when one ends', async () => {
  const instance = await startWebSocketInstance()
  const gateway = await startGateway('limits: { inFlight: 2, pending: 0 }', { services: { s: [instance.address] } })
  const url = `${gateway.url}/services/s/`
  const [first] = [await WebSocketClient.open(url), await WebSocketClient.open(url)]
  const refused = await WebSocketClient.refusal(url)
  expect([refused.status, refused.response.headers['x-portolan-error']]).toEqual([503, 'GW_OVERLOADED'])
  expect((await fetch(url)).status).toBe(503)
  first.socket.close()
  await until('there is room', () => WebSocketClient.open(url).catch(() => undefined))
})

it('passes on what an instance answers instead of a session', async () => {
  const server = createServer()
  const wss = new WebSocketServer({
    server,
    verifyClient: (_, done) => done(false, 401, 'who are you?', { 'X-Why': 'no token' }),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const gateway = await startGateway('', { services: { s: [`127.0.0.1:${port}`] } })
  const refused = await WebSocketClient.refusal(`${gateway.url}/services/s/`)
  expect([refused.status, refused.body, refused.response.headers['x-why']]).toEqual([401, 'who are you?', 'no token'])
  wss.close()
  server.close()
})

it('answers by itself what it cannot take to an instance', async () => {
  const gateway = await startGateway('', { services: {} })
  const refused = await WebSocketClient.refusal(`${gateway.url}/services/none/`)
  expect([refused.status, JSON.parse(refused.body).code]).toEqual([404, 'GW_SERVICE_NOT_FOUND'])
  expect((await WebSocketClient.refusal(`${gateway.url}/elsewhere`)).status).toBe(404)
})

it('refuses an ambiguous request as any other', async () => {
  const instance = await startRawInstance()
  const gateway = await startGateway('', { services: { s: [instance.address] } })
  const client = await RawClient.open(gateway.port)
  client.write(switchRequest('websocket', 'Host: other'))
  expect((await client.response()).status).toBe(400)
  expect(await client.closed()).toBe('end')
  expect(instance.ends.length).toBe(0)
})

it('counts tunnels, and writes the access line at their end', async () => {
  const instance = await startRawInstance()
  const gateway = await startGateway('', { services: { s: [instance.address] } })
  const { client, end } = await openTunnel(gateway, instance)
  await until('it is counted', async () => (await gateway.metric('portolan_tunnels', 'service="s"')) === 1)
  expect(await gateway.metric('portolan_tunnels_total', 'service="s",protocol="websocket"')).toBe(1)
  expect(gateway.access).toEqual([])
  client.write('12345')
  await end.sees('12345')
  end.write('x'.repeat(1000))
  await client.until('x'.repeat(1000))
  client.end()
  end.socket.end()
  const line = await gateway.logged('access', ({ type }) => type === 'access')
  expect(line).toMatchObject({ status: 101, received: 5, end: 'complete', service: 's', attempts: 1 })
  expect(line.bytes).toBeGreaterThan(1000)
  await until('it is gone', async () => (await gateway.metric('portolan_tunnels', 'service="s"')) === 0)
  expect(await gateway.metric('portolan_requests_total', 'status="101"')).toBe(1)
})

it('keeps a tunnel to an instance that leaves the registry', async () => {
  const [leaving, staying] = [await startWebSocketInstance(), await startWebSocketInstance()]
  const gateway = await startGateway(
    'registry: { type: static-file, options: { path: services.yaml }, onEmpty: clear }',
    {
      services: { s: [leaving.address] },
    },
  )
  const url = `${gateway.url}/services/s/`
  const client = await WebSocketClient.open(url)
  await gateway.write('services.yaml', `services: { s: ['${staying.address}'] }`)
  await until('new sessions go elsewhere', async () => {
    await WebSocketClient.open(url)
    return staying.sessions.length > 0
  })
  client.socket.send('still there')
  expect(String(await client.message())).toBe('still there')
})
