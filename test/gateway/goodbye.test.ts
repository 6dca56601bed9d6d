import { expect, it } from 'vitest'
import { RawClient } from '../support/raw.ts'
import { startUpstream } from '../support/upstream.ts'
import { startBefore } from './closing-rig.ts'

const GET = 'GET /services/up/ HTTP/1.1\r\nHost: a\r\n\r\n'

it('closes a connection that is asked on while the gateway goes, whatever a middleware says of it', async () => {
  const upstream = await startUpstream()
  const { port, gateway } = await startBefore(upstream.port, async (c, next) => {
    await next()
    c.header('connection', 'keep-alive')
  })
  const client = await RawClient.open(port)
  expect((await client.write(GET).response()).status).toBe(200)
  const closed = gateway.close()
  client.write(GET + GET)
  expect((await client.response()).status).toBe(200)
  await client.closed()
  expect(client.received).toBe('')
  await closed
})
