import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { openTunnel, startRawInstance } from '../../support/switching.ts'
import { until } from '../../support/until.ts'
import { startWebSocketInstance, WebSocketClient } from '../../support/websocket.ts'

/** 1001, as servers and as clients write it. */
const FROM_SERVER = '\x88\x02\x03\xe9'
const FROM_CLIENT = /^\x88\x82.{6}$/s

const yaml = (workers: number, timeout: string) =>
  `server: { workers: ${workers}, upgrades: [websocket, tail], drain: { timeout: ${timeout} } }`

const refusesConnections = (gateway: GatewayProcess) =>
  until('the port is closed', () => {
    const socket = connect(gateway.port, '127.0.0.1')
    return new Promise<boolean>((told) => {
      socket.once('connect', () => told(false)).once('error', () => told(true))
    }).finally(() => socket.destroy())
  })

for (const workers of [0, 2])
  describe(`with workers: ${workers}`, { timeout: 60_000 }, () => {
    it('says 1001 to both sides of every WebSocket, not all at once, and ends in time', async () => {
      const instance = await startWebSocketInstance()
      const gateway = await startGateway(yaml(workers, '4s'), { services: { s: [instance.address] } })
      const closedMs: number[] = []
      const codes = { client: [] as number[], instance: [] as number[] }
      for (let i = 0; i < 40; i++) {
        const { socket } = await WebSocketClient.open(`${gateway.url}/services/s/`)
        socket.on('close', (code) => {
          codes.client.push(code)
          closedMs.push(performance.now())
        })
        ;(await instance.session(i)).socket.on('close', (code) => codes.instance.push(code))
      }
      expect(await gateway.stop()).toEqual({ code: 0, signal: null })
      await until('all have heard it', () => codes.client.length + codes.instance.length === 80)
      expect(new Set([...codes.client, ...codes.instance])).toEqual(new Set([1001]))
      // 40 moments over 2 s: that they lie within the same 500 ms has a chance of 40 / 4^39.
      expect(Math.max(...closedMs) - Math.min(...closedMs)).toBeGreaterThan(500)
      expect(gateway.access.filter(({ end }) => end === 'drained').length).toBe(40)
      expect(gateway.line('the drain took too long: the connections that are left are cut')).toBeUndefined()
    })

    it('gives other protocols a FIN, late in the drain', async () => {
      const instance = await startRawInstance()
      const gateway = await startGateway(yaml(workers, '2s'), { services: { s: [instance.address] } })
      const { client, end, access } = await openTunnel(gateway, instance, 'tail')
      const exit = gateway.stop()
      await refusesConnections(gateway)
      client.write('while it drains')
      await end.sees('while it drains')
      await until('both have a FIN', () => client.ended === 'end' && end.ended === 'end')
      client.end()
      end.socket.end()
      expect(await exit).toEqual({ code: 0, signal: null })
      expect(await access()).toMatchObject({ status: 101, end: 'drained' })
    })
  })

async function leaving() {
  const instance = await startRawInstance()
  const gateway = await startGateway(yaml(0, '2s'), { services: { s: [instance.address] } })
  const [it, tail] = [await openTunnel(gateway, instance), await openTunnel(gateway, instance, 'tail')]
  /** The first half of the drain is over, in which WebSockets have their moment: other protocols have their FIN. */
  const halfway = async () => {
    await until('the tail has a FIN', () => tail.client.ended && tail.end.ended)
    tail.client.end()
    tail.end.socket.end()
  }
  return { gateway, halfway, ...it }
}

it('says it between two frames, and nothing after it', async () => {
  const { gateway, halfway, client, end } = await leaving()
  end.write('\x82\x7e\x01\x00').write('a'.repeat(100)) // 100 of 256 bytes
  client.write('\x82\x85mask').write('ab') // 2 of 5
  await client.until('a'.repeat(100))
  await end.sees('ab')
  const exit = gateway.stop()
  await refusesConnections(gateway)
  await halfway()
  expect([client.received.length, end.received.length]).toEqual([104, 8])
  end.write('b'.repeat(156)).write('\x82\x01!')
  client.write('cde').write('\x82\x81mask!')
  await client.until('b'.repeat(156))
  await end.sees('cde')
  await until('both have a Close frame', () => client.received.endsWith(FROM_SERVER) && end.received.length === 19)
  expect(client.received.length).toBe(4 + 256 + 4)
  expect(end.received.slice(11)).toMatch(FROM_CLIENT)
  client.write('\x88\x82\0\0\0\0\x03\xe9')
  expect(await client.closed()).toBe('end') // the server ends first
  client.end()
  end.socket.end()
  expect(await exit).toEqual({ code: 0, signal: null })
})

it('leaves a closing handshake that has begun to those whose it is', async () => {
  const { gateway, halfway, client, end } = await leaving()
  end.write('\x88\x02\x0f\xa0')
  await client.until('\x88\x02\x0f\xa0')
  const exit = gateway.stop()
  await refusesConnections(gateway)
  await halfway()
  expect([client.received, end.received]).toEqual(['\x88\x02\x0f\xa0', ''])
  client.write('\x88\x82\0\0\0\0\x0f\xa0')
  await end.sees('\x88\x82\0\0\0\0\x0f\xa0')
  end.socket.end()
  client.end()
  expect(await exit).toEqual({ code: 0, signal: null })
})

it('is not held up by those who do not answer', async () => {
  const { gateway, client } = await leaving()
  const exit = gateway.stop()
  await client.until(FROM_SERVER)
  expect(await exit).toEqual({ code: 0, signal: null })
  expect(gateway.line('the drain took too long: the connections that are left are cut')).toBeDefined()
})
