import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { until } from '../../support/until.ts'
import { startWebSocketInstance, WebSocketClient, type WebSocketInstance } from '../../support/websocket.ts'

/** Around each way to write a length (RFC 6455 5.2), and one that takes many reads. */
const SIZES = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 2 ** 20]

let instance: WebSocketInstance
let gateway: GatewayProcess

beforeAll(async () => {
  instance = await startWebSocketInstance({
    perMessageDeflate: { threshold: 0 },
    handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false),
  })
  gateway = await startGateway('', { services: { s: [instance.address] } })
})

const url = () => `${gateway.url}/services/s/socket`
const latest = () => instance.sessions.at(-1)!

for (const perMessageDeflate of [false, true])
  describe(`with permessage-deflate: ${perMessageDeflate}`, () => {
    const opened = () => WebSocketClient.open(url(), [], { perMessageDeflate })

    it('agrees on extensions end to end', async () => {
      expect((await opened()).socket.extensions).toBe(perMessageDeflate ? 'permessage-deflate' : '')
    })

    for (const bytes of SIZES)
      it(`carries messages of ${bytes} bytes both ways, binary and text`, async () => {
        const client = await opened()
        const binary = randomBytes(bytes)
        const text = 'ü'.repeat(bytes / 2)
        client.socket.send(binary)
        client.socket.send(text)
        expect(binary.equals(await client.message(0))).toBe(true)
        expect(String(await client.message(1)) === text).toBe(true)
        expect(client.kinds).toEqual(['binary', 'text'])
      })

    it('keeps the order of many small messages', async () => {
      const client = await opened()
      const sent = Array.from({ length: 5000 }, (_, i) => `message ${i}`)
      for (const message of sent) client.socket.send(message)
      await client.message(sent.length - 1)
      expect(client.messages.map(String)).toEqual(sent)
    })

    it('carries a message in fragments, with control frames in between', async () => {
      const client = await opened()
      const [first, second, last] = [randomBytes(70_000), Buffer.alloc(0), randomBytes(200)]
      client.socket.send(first, { fin: false, binary: true })
      client.socket.ping('one')
      client.socket.send(second, { fin: false })
      client.socket.ping('two')
      client.socket.send(last, { fin: true })
      expect(Buffer.concat([first, second, last]).equals(await client.message())).toBe(true)
      await until('both pongs', () => client.pongs.length === 2)
      expect(client.pongs.map(String)).toEqual(['one', 'two'])
    })
  })

it('agrees on a subprotocol end to end', async () => {
  const client = await WebSocketClient.open(url(), ['chat.v1', 'chat.v2'])
  expect(client.socket.protocol).toBe('chat.v2')
  expect(latest().request.headers['sec-websocket-protocol']).toBe('chat.v1,chat.v2')
})

it('carries pings and pongs of both sides, whatever they hold', async () => {
  const client = await WebSocketClient.open(url())
  const payloads = [Buffer.alloc(0), Buffer.from('Hello'), randomBytes(125)]
  for (const payload of payloads) client.socket.ping(payload)
  await until('three pongs', () => client.pongs.length === 3)
  expect(client.pongs).toEqual(payloads)
  const pongs: Buffer[] = []
  latest()
    .socket.on('pong', (payload) => pongs.push(payload))
    .ping('from the instance')
  await until('a pong for the instance', () => pongs.length === 1)
  expect(String(pongs[0])).toBe('from the instance')
})

for (const [code, reason] of [
  [1000, ''],
  [1000, 'done'],
  [1008, 'policy'],
  [3000, 'x'.repeat(123)],
  [4999, 'ünïcode'],
] as const)
  it(`carries ${code} "${reason.slice(0, 10)}" from the side that closes to the other and back`, async () => {
    const byClient = await WebSocketClient.open(url())
    const heard: unknown[] = []
    latest().socket.once('close', (...args) => heard.push(args[0], String(args[1])))
    byClient.socket.close(code, reason)
    expect(await byClient.end()).toEqual({ code, reason })
    await until('the instance hears it', () => heard.length > 0)
    expect(heard).toEqual([code, reason])

    const byInstance = await WebSocketClient.open(url())
    latest().socket.close(code, reason)
    expect(await byInstance.end()).toEqual({ code, reason })
  })

it('carries a close without a code', async () => {
  const client = await WebSocketClient.open(url())
  client.socket.close()
  expect(await client.end()).toEqual({ code: 1005, reason: '' })
})
