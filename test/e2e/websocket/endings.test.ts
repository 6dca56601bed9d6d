import { beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { rawExchange } from '../../support/raw.ts'
import { openTunnel, type RawInstances, startRawInstance } from '../../support/switching.ts'
import { until } from '../../support/until.ts'
import { WebSocketClient } from '../../support/websocket.ts'
import { startWebSocketProcess } from '../../support/websocket-process.ts'

let instance: RawInstances
let gateway: GatewayProcess

beforeAll(async () => {
  instance = await startRawInstance()
  const yaml =
    'server: { upgrades: [websocket, tail] }\nupstream: { tunnelTimeout: 1h, responseTimeout: 400ms }\nretry: { attempts: 1 }'
  gateway = await startGateway(yaml, { services: { s: [instance.address] } })
})

for (const protocol of ['websocket', 'tail'])
  describe(`a tunnel of ${protocol}`, () => {
    it('hands on a half-close of the client, and what the instance still says', async () => {
      const { client, end, access } = await openTunnel(gateway, instance, protocol)
      client.write('last words').end()
      await until('the instance sees the end', () => end.ended)
      expect([end.received, end.ended]).toEqual(['last words', 'end'])
      end.write('and an answer')
      await client.until('and an answer')
      end.socket.end()
      expect(await client.closed()).toBe('end')
      expect(await access()).toMatchObject({ status: 101, end: 'complete', received: 10 })
    })

    it('hands on a half-close of the instance, and what the client still says', async () => {
      const { client, end } = await openTunnel(gateway, instance, protocol)
      end.write('bye').socket.end()
      await client.until('bye')
      await until('the client sees the end', () => client.ended)
      expect(client.ended).toBe('end')
      client.write('bye, too').end()
      await end.sees('bye, too')
      await until('the instance sees the end', () => end.ended)
    })

    it('makes a reset of one side a reset of the other', async () => {
      const first = await openTunnel(gateway, instance, protocol)
      first.client.reset()
      await until('the instance sees the reset', () => first.end.ended)
      expect(first.end.ended).toBe('reset')
      expect(await first.access()).toMatchObject({ end: 'client-closed' })

      const second = await openTunnel(gateway, instance, protocol)
      second.end.socket.resetAndDestroy()
      await until('the client sees the reset', () => second.client.ended)
      expect(second.client.ended).toBe('reset')
      expect(await second.access()).toMatchObject({ end: 'upstream-broke' })
    })

    it('makes no end of a reset that comes together with data', async () => {
      const { client, end, access } = await openTunnel(gateway, instance, protocol)
      end.write('some').socket.resetAndDestroy()
      await client.closed() // how, a client on Node cannot tell either
      expect(await access()).toMatchObject({ end: 'upstream-broke' })
    })

    it('outlives the time for a response', async () => {
      const { client, end } = await openTunnel(gateway, instance, protocol)
      const plain = await rawExchange(gateway.port, 'GET /services/s/ HTTP/1.1\r\nHost: a\r\n\r\n')
      expect(plain.status).toBe(504)
      client.write('still')
      await end.sees('still')
      end.write('there')
      await client.until('there')
    })
  })

it('delivers all that was said before an end, also to a slow reader', async () => {
  const { client, end } = await openTunnel(gateway, instance)
  client.socket.pause()
  end.write(Buffer.alloc(8 * 2 ** 20, 'x')).socket.end()
  client.end()
  await until('the instance sees the end of the client', () => end.ended)
  client.socket.resume()
  await client.closed()
  expect(client.received.length).toBe(8 * 2 ** 20)
})

it('ends a tunnel on which nothing has passed for upstream.tunnelTimeout, and no other', async () => {
  const yaml = 'upstream: { tunnelTimeout: 400ms }'
  const impatient = await startGateway(yaml, { services: { s: [instance.address] } })
  const [quiet, busy] = [await openTunnel(impatient, instance), await openTunnel(impatient, instance)]
  const talking = setInterval(() => busy.client.write('.'), 50)
  await until('the quiet one is closed', () => quiet.client.ended && quiet.end.ended)
  await until('the busy one has long been open', () => busy.end.received.length > 20)
  expect([busy.client.ended, busy.end.ended]).toEqual([undefined, undefined])
  clearInterval(talking)
  const { end, durationMs } = await quiet.access()
  expect(end).toBe('idle')
  expect(durationMs).toBeGreaterThanOrEqual(390)
})

it('tells the client when the instance is killed, and asks no less of the others', async () => {
  const [killed, other] = [await startWebSocketProcess(), await startWebSocketProcess()]
  const services = { s: [killed.address, other.address] }
  const yaml = 'balancing: round-robin\nhealth: { passive: { consecutiveFailures: 1 } }'
  const own = await startGateway(yaml, { services })
  const url = `${own.url}/services/s/`
  const clients = [await WebSocketClient.open(url), await WebSocketClient.open(url)]
  await killed.kill()
  const lost = await until('one of them hears it', () => clients.find(({ closed }) => closed))
  expect(lost.closed?.code).toBe(1006)
  const kept = clients.find((client) => client !== lost)!
  kept.socket.send('hello')
  expect(String(await kept.message())).toBe('hello')
  expect(await own.metric('portolan_ejections_total')).toBe(0)
  await WebSocketClient.open(url)
})

it('holds when clients and instances come and go in every way', async () => {
  const own = await startGateway('', { services: { s: [instance.address] } })
  for (let i = 0; i < 30; i++) {
    const { client, end } = await openTunnel(own, instance)
    client.write('x'.repeat(i * 1000))
    end.write('y'.repeat(i * 1000))
    if (i % 3 === 0) client.reset()
    if (i % 3 === 1) end.socket.destroy()
    if (i % 3 === 2) client.socket.destroy()
    if (i % 2 === 0) end.socket.resetAndDestroy()
    client.end()
    end.socket.end()
  }
  const counts = () =>
    Promise.all(['tunnels_total', 'tunnels', 'in_flight'].map((name) => own.metric(`portolan_${name}`)))
  await until('none is left', async () => String(await counts()) === '30,0,0')
  expect([own.running, own.stderr]).toEqual([true, ''])
})
