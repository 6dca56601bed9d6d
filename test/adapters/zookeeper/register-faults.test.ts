import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { mulberry32 } from '../../contract/index.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { until } from '../../support/until.ts'
import { ask, startZooKeeper, Writer } from '../../support/zookeeper.ts'
import { registeringAt } from './registering.ts'

const PATIENT = { timeout: 60_000 }
const HOSTS = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']

it.each([1, 3])(
  'ends in exactly the truth whatever went wrong: one node each, then none (seed %i)',
  PATIENT,
  async (seed) => {
    const server = await startZooKeeper()
    onTestFinished(() => server.stop())
    const proxy = await FaultProxy.open(server.address)
    onTestFinished(() => proxy.close())
    const options = { hosts: proxy.address, sessionTimeout: '2s', connectTimeout: '500ms' }
    let writer = await Writer.open(server.address)
    onTestFinished(() => writer.close())
    onTestFinished(() => writer.close())
    const all = HOSTS.map((host) => registeringAt('/services', writer, { host }, options))
    await Promise.all(all.map((one) => one.made()))

    const random = mulberry32(seed)
    const faults = [
      async () => proxy.cut(),
      async () => proxy.cutAfter(Math.floor(random() * 300)),
      async () => {
        proxy.freeze()
        await sleep(random() * 1500)
        proxy.thaw()
      },
      async () => {
        await proxy.refuse()
        await sleep(random() * 1500)
        await proxy.accept()
      },
      async () => {
        await writer.close()
        await server.restart()
        writer = await Writer.open(server.address)
      },
      () => writer.remove(`/services/one/${HOSTS[Math.floor(random() * HOSTS.length)]}:80`).catch(() => {}),
    ]
    for (let turn = 0; turn < 8; turn++) {
      await faults[Math.floor(random() * faults.length)]!()
      await sleep(random() * 200)
    }

    const wanted = HOSTS.map((host) => `${host}:80`)
    await until(
      'only those sessions are left that are in use',
      async () => (await sessionsOf(server.address)).length === 6,
    )
    await until('all are there', async () => (await names()).join() === wanted.join())
    await Promise.all(all.map((one) => one.end()))
    expect(await names()).toEqual([])
    expect(await sessionsOf(server.address)).toHaveLength(1)

    async function names(): Promise<string[]> {
      return (await writer.children('/services/one'))!.sort()
    }
  },
)

async function sessionsOf(address: string): Promise<string[]> {
  const [alive = ''] = (await ask(address, 'dump')).split('ephemeral nodes dump')
  return [...alive.matchAll(/^\s*0x([0-9a-f]+)/gm)].map(([, id]) => id!)
}
