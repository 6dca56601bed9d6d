import { resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startOrders } from '../../examples/self-registering/service.ts'
import { until } from '../support/until.ts'
import { startZooKeeper } from '../support/zookeeper.ts'
import { startGateway } from './rig.ts'

const FILE = resolve('examples/self-registering/gateway.yaml')

it('is found by a gateway with the same file, from when it listens until it ends', async () => {
  const zookeeper = await startZooKeeper()
  onTestFinished(() => zookeeper.stop())
  const env = { ZOOKEEPER: zookeeper.address }
  const gateway = await startGateway(FILE, { env })
  const ask = () => gateway.fetch(new Request('http://gateway/services/orders/'))
  expect((await ask()).status).toBe(404)
  const orders = await startOrders(FILE, { env })
  let ended = false
  onTestFinished(() => (ended ? undefined : orders.close()))
  await until('it is found', async () => (await ask()).status === 200)
  expect(await (await ask()).text()).toBe('No orders yet.\n')
  await orders.close()
  ended = true
  await until('it is gone', async () => (await ask()).status === 503)
})
