import { createClient } from 'node-zookeeper-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mulberry32 } from '../../contract/index.ts'
import { until } from '../../support/until.ts'
import { behindProxy, ownServer, proxied, watched } from '../../support/zookeeper-faults.ts'

/** As the operating system calls it depends on who writes or reads at that moment. */
const BROKEN = /the server closed the connection|EPIPE|ECONNRESET/

describe('a connection that breaks', { timeout: 60_000 }, () => {
  it('is reported with the server and the reason', async () => {
    const { proxy, follow } = await behindProxy()
    const following = follow()
    await following.shows({})
    proxy.cut()
    expect((await following.failure()).message).toBe(`ZooKeeper ${proxy.address}: the server closed the connection`)
  })

  it('in the middle of a reply leaves no trace in the next reading', async () => {
    const { root, writer, proxy, follow } = await behindProxy()
    const names = Array.from({ length: 100 }, (_, index) => `10.0.0.1:${index + 1}`)
    await Promise.all(names.map((name) => writer.create(`${root}/one/${name}`, 'x'.repeat(100))))
    // Within the session's frame, its length, the first listing, the second, and the data.
    for (const bytes of [1, 20, 43, 60, 150, 1000, 5000]) {
      proxy.cutAfter(bytes)
      expect((await follow().failure()).message).toMatch(BROKEN)
      await follow().shows({ one: names })
    }
  })

  it('again and again under changes costs none of them', async () => {
    const { root, writer, proxy, follow } = await behindProxy()
    const truth = new Set<string>()
    let following = follow()
    for (let port = 1; port <= 200; port++) {
      if (port % 20 === 0) proxy.cutAfter(port * 7)
      if (following.error) following = follow()
      await writer.create(`${root}/one/10.0.0.1:${port}`)
      truth.add(`10.0.0.1:${port}`)
      if (port % 3 > 0) continue
      await writer.remove(`${root}/one/10.0.0.1:${port - 1}`)
      truth.delete(`10.0.0.1:${port - 1}`)
    }
    proxy.cutAfter(Number.POSITIVE_INFINITY)
    proxy.cut()
    await following.failure()
    await follow().shows({ one: [...truth] })
  })

  it('anywhere in a reply, again and again under changes, ends in the truth', async () => {
    const server = await ownServer()
    const proxy = await proxied(server.address)
    const { truth, driven } = await watched(server.address, [proxy.address])
    const churn = truth.churn()
    const random = mulberry32(7)
    for (let cuts = 1; cuts <= 25; cuts++) {
      // A whole reading is some 60 kB.
      proxy.cutAfter(1 + Math.floor(random() * 80_000))
      await until(`failure ${cuts}`, () => driven.errors.length >= cuts)
    }
    proxy.cutAfter(Number.POSITIVE_INFINITY)
    await churn.stop()
    await truth.seenBy(driven)
  })
})

describe('a session that another client takes', { timeout: 60_000 }, () => {
  it('is made anew, and nothing that happened meanwhile is missed', async () => {
    const server = await ownServer()
    const proxy = await proxied(server.address)
    const { truth, driven } = await watched(server.address, [proxy.address])
    const churn = truth.churn()
    await takeSession(proxy.opening!, server.address)
    await until('a failure', () => driven.errors.length > 0)
    await churn.stop()
    await truth.seenBy(driven)
  })
})

/** Reconnects to a session as its owner would, and ends it. `opened`: frame length, version, timeout, id, password. */
async function takeSession(opened: Buffer, address: string): Promise<void> {
  const session = { sessionId: opened.subarray(12, 20), sessionPassword: opened.subarray(24, 40) }
  const thief = createClient(address, { sessionTimeout: 3000, ...session } as object)
  onTestFinished(() => thief.close())
  const connected = new Promise<void>((resolve) => thief.once('connected', () => resolve()))
  thief.connect()
  await connected
  expect(thief.getSessionId()).toEqual(session.sessionId)
}
