/**
 * A service that registers itself: once it listens, until just before it ends. It reads where from the gateway's own file.
 *
 *   node dist/examples/self-registering/main.js      (with a ZooKeeper on 127.0.0.1:2181, or wherever ZOOKEEPER says)
 *   node dist/src/cli/main.js run examples/self-registering/gateway.yaml
 *   curl http://127.0.0.1:8081/services/orders/
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type RegisterOptions, register } from 'portolan'

export async function startOrders(config: string, options?: RegisterOptions) {
  const app = new Hono()
  app.get('/', (c) => c.text('No orders yet.\n'))
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')

  const { port } = server.address() as AddressInfo
  const registration = await register(
    config,
    'orders',
    { host: '127.0.0.1', port, metadata: { version: '1' } },
    options,
  )

  async function close(): Promise<void> {
    await registration.close() // first: gateways then send nothing more, and what is under way may end
    server.close()
    await once(server, 'close')
  }
  return { address: `127.0.0.1:${port}`, close }
}
