import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { expect, it, onTestFinished } from 'vitest'
import { certificates } from '../../support/certificates.ts'
import { startGateway } from '../../support/gateway.ts'
import { until } from '../../support/until.ts'
import { startWebSocketInstance, WebSocketClient } from '../../support/websocket.ts'

it('carries WebSocket over TLS from the client and to the instance, with its ends', async () => {
  const { ca, server, remove } = await certificates()
  onTestFinished(remove)
  const https = createServer({ cert: readFileSync(server.cert), key: readFileSync(server.key) })
  onTestFinished(() => void https.close())
  const instance = await startWebSocketInstance({ server: https })
  const yaml = `
    server: { tls: { cert: ${server.cert}, key: ${server.key} } }
    upstream: { tls: { ca: ${ca} } }
  `
  const services = { s: [{ address: instance.address, tls: true }] }
  const gateway = await startGateway(yaml, { services })
  const url = `wss://127.0.0.1:${gateway.port}/services/s/`
  const opened = () => WebSocketClient.open(url, [], { ca: readFileSync(ca) })

  const client = await opened()
  const message = Buffer.alloc(2 ** 20, 'secret')
  client.socket.send(message)
  expect(message.equals(await client.message())).toBe(true)
  client.socket.close(4000, 'done')
  expect(await client.end()).toEqual({ code: 4000, reason: 'done' })

  const lost = await opened()
  instance.sessions[1]!.socket.terminate()
  expect(await lost.end()).toMatchObject({ code: 1006 })

  const leaving = await opened()
  leaving.socket.terminate()
  await until('the instance hears it', () => instance.sessions[2]?.socket.readyState === 3)

  const drained = await opened()
  await gateway.stop()
  expect(await drained.end()).toMatchObject({ code: 1001 })
})
