import { describe, expect, it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { until } from '../../support/until.ts'
import { Writer } from '../../support/zookeeper.ts'
import { ownServer, ROOT, watched } from '../../support/zookeeper-faults.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('a server that has lost its data', { timeout: 60_000 }, () => {
  it('is refused for half a minute, and then read anew with one warning', async () => {
    const server = await ownServer()
    const { truth, driven, clock, warnings } = await watched(server.address, [server.address])
    const before = driven.view
    await server.wipe()
    await until('a failure', () => driven.errors.length > 0)
    await server.restart()
    await truth.again()
    await until('refusals', () => refusals(driven.errors) > 3)
    clock.advance(15_000)
    const { length } = driven.errors
    await until('more refusals', () => driven.errors.length > length + 3)
    expect(driven.view).toBe(before)
    clock.advance(15_000)
    await truth.seenBy(driven)
    await truth.change(200)
    await truth.seenBy(driven)
    expect(warnings.filter((warning) => warning.includes('went back'))).toEqual([
      expect.stringMatching(
        /^ZooKeeper went back from transaction 0x[0-9a-f]+ to 0x[0-9a-f]+: its data was wiped or restored/,
      ),
    ])
  })

  it('is like any other from then on', async () => {
    const server = await ownServer()
    const { truth, driven, clock } = await watched(server.address, [server.address])
    await server.wipe()
    await server.restart()
    await truth.again()
    await until('refusals', () => refusals(driven.errors) > 0)
    clock.advance(30_000)
    await truth.seenBy(driven)
    const { views } = driven
    const { length } = driven.errors
    await server.kill()
    await until('a failure', () => driven.errors.length > length)
    await server.restart()
    await truth.change(50)
    await truth.seenBy(driven)
    expect(driven.views).toBeGreaterThan(views)
  })
})

describe('a server that has not got as far as another', { timeout: 60_000 }, () => {
  it('is not read as long as the other may come back', async () => {
    const [ahead, behind] = [await ownServer(), await ownServer()]
    const writer = await Writer.open(ahead.address)
    for (const name of [A, B]) await writer.create(`${ROOT}/one/${name}`)
    await writer.close()
    const { follow } = await subject(zookeeper, { hosts: [ahead.address, behind.address], root: ROOT })
    const following = follow()
    await following.shows({ one: [A, B] })
    await ahead.kill()
    await following.failure()
    const { message } = await follow().failure()
    expect(message).toContain(
      `ZooKeeper ${behind.address}: the server closed the connection before there was a session`,
    )
    await ahead.restart()
    await follow().shows({ one: [A, B] })
  })
})

const refusals = (errors: readonly string[]) =>
  errors.filter((error) => error.includes('before there was a session')).length
