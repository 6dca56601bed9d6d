import { setTimeout as sleep } from 'node:timers/promises'
import { it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { mulberry32 } from '../../contract/index.ts'
import { subject } from '../../support/adapter.ts'
import { until } from '../../support/until.ts'
import { ask, Writer } from '../../support/zookeeper.ts'
import { ownServer, proxied, ROOT } from '../../support/zookeeper-faults.ts'

it('an abort or a cut at any moment leaves no connection and no session', { timeout: 60_000 }, async () => {
  const server = await ownServer()
  const proxy = await proxied(server.address)
  const writer = await Writer.open(server.address)
  for (let port = 1; port <= 50; port++) await writer.create(`${ROOT}/one/10.0.0.1:${port}`)
  await writer.close()
  const auth = { id: 'user:password' }
  const { follow } = await subject(zookeeper, { hosts: proxy.address, root: ROOT, sessionTimeout: '1s', auth })
  const random = mulberry32(3)
  for (let turn = 0; turn < 200; turn++) {
    const following = follow()
    // From before the connection to well after the first view.
    await sleep(random() * 12)
    if (turn % 2 === 0) proxy.cut()
    await following.stop()
    await until('the end of the connection', () => proxy.connections === 0)
  }
  // One that was not open yet cannot be closed, and expires.
  await until('the end of all sessions', async () => (await sessions(server.address)) === 0)
})

async function sessions(address: string): Promise<number> {
  const [alive] = (await ask(address, 'dump')).split('ephemeral nodes dump')
  return alive!.match(/^\s*0x/gm)?.length ?? 0
}
