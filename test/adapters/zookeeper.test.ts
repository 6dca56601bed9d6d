import { describe, expect, it } from 'vitest'
import { zookeeper } from '../../adapters/zookeeper/index.ts'
import { adapterContract, mulberry32, type summary } from '../contract/index.ts'
import { subject } from '../support/adapter.ts'
import { until } from '../support/until.ts'
import { ask, scratchRoot, sharedZooKeeper, startZooKeeper, Writer } from '../support/zookeeper.ts'
import { zooKeeperHarness } from '../support/zookeeper-rig.ts'

describe('ZooKeeper, as an adapter', () => {
  for (const law of adapterContract(zookeeper, zooKeeperHarness)) it(law.name, law.run)
})

describe('the root', () => {
  it('may be missing, appear, go and come back', async () => {
    const { root, writer, follow } = await scratch()
    const following = follow()
    await following.shows({})
    await writer.create(`${root}/one/10.0.0.1:80`)
    await following.shows({ one: ['10.0.0.1:80'] })
    await writer.removeTree(root)
    await following.shows({})
    await writer.create(`${root}/one/10.0.0.2:80`)
    await following.shows({ one: ['10.0.0.2:80'] })
    expect(following.error).toBeUndefined()
  })

  it('may hold what is no service, which is left out with one warning', async () => {
    const { root, writer, follow, warnings } = await scratch()
    await writer.create(`${root}/one/10.0.0.1:80`)
    await writer.create(`${root}/no service/10.0.0.1:80`)
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80'] })
    await writer.create(`${root}/two`)
    await following.shows({ one: ['10.0.0.1:80'], two: [] })
    expect(warnings).toEqual([expect.stringContaining(`${root}/no service left out: not a service name`)])
  })
})

describe('the data of an instance', () => {
  it('is seen when it changes', async () => {
    const { root, writer, follow } = await scratch()
    await writer.create(`${root}/one/10.0.0.1:80`, weighing(1))
    const following = follow()
    await following.until((view) => view.get('one')?.[0]?.weight === 1)
    for (const weight of [2, 3, 4]) {
      await writer.set(`${root}/one/10.0.0.1:80`, weighing(weight))
      await following.until((view) => view.get('one')?.[0]?.weight === weight)
    }
  })

  it('is seen when the node is deleted and created again in one moment', async () => {
    const { root, writer, follow } = await scratch()
    const path = `${root}/one/10.0.0.1:80`
    await writer.create(path, weighing(1))
    const following = follow()
    const before = await following.shows({ one: ['10.0.0.1:80'] })
    for (const weight of [2, 3, 4]) {
      await Promise.all([writer.remove(path), writer.create(path, weighing(weight))])
      await following.until((view) => view.get('one')?.[0]?.weight === weight)
    }
    expect(following.view?.get('one')?.[0]).not.toBe(before.get('one')?.[0])
  })

  it('may be null, empty or anything in the plain layout', async () => {
    const { root, writer, follow, warnings } = await scratch()
    await writer.createNull(`${root}/one/10.0.0.1:80`)
    await writer.create(`${root}/one/10.0.0.2:80`, '')
    await writer.create(`${root}/one/10.0.0.3:80`, Buffer.from([0xff, 0x00, 0x7b]))
    await writer.create(`${root}/one/10.0.0.4:80`, '{"weight":3}')
    await follow().shows({ one: ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80', '10.0.0.4:80'] })
    expect(warnings).toEqual([])
  })

  it('tells when the instance was registered', async () => {
    const { root, writer, follow } = await scratch()
    await writer.create(`${root}/one/10.0.0.1:80`)
    const view = await follow().shows({ one: ['10.0.0.1:80'] })
    expect(Math.abs(view.get('one')![0]!.registeredAt! - Date.now())).toBeLessThan(60_000)
  })
})

describe('an instance that cannot be used', () => {
  it('is warned of once, by its path, and again when its data has changed', async () => {
    const { root, writer, follow, warnings } = await scratch()
    await writer.create(`${root}/one/10.0.0.1:80`, '{"PublicPort":"x"}')
    await writer.create(`${root}/one/10.0.0.2:80`)
    for (const _resync of [1, 2]) {
      const following = follow()
      await following.shows({ one: ['10.0.0.2:80'] })
      await following.stop()
    }
    expect(warnings).toEqual([`${root}/one/10.0.0.1:80 left out: host undefined is not a host name or an address`])
    await writer.set(`${root}/one/10.0.0.1:80`, weighing(1))
    await follow().shows({ one: ['10.0.0.1:80', '10.0.0.2:80'] })
  })

  it('is the first of two nodes that claim one address: the ghost of what has started again', async () => {
    const { root, writer, follow, warnings } = await scratch()
    await writer.create(`${root}/one/a`, weighing(1))
    const createdAt = Date.now()
    // The server counts in milliseconds, and ties are for the first.
    await until('a later one', () => Date.now() > createdAt + 1)
    await writer.create(`${root}/one/b`, weighing(2))
    const view = await follow().shows({ one: ['10.0.0.1:80'] })
    expect(view.get('one')![0]!.weight).toBe(2)
    expect(warnings).toEqual([`${root}/one/a left out: 10.0.0.1:80 is registered twice`])
  })
})

describe('a node that the ACL keeps from the gateway', () => {
  it('is left out with one warning, its neighbours are not', async () => {
    const { root, writer, follow, warnings } = await scratch()
    const forbidden = [`${root}/one/10.0.0.1:80`, `${root}/two`]
    for (const path of forbidden) await writer.createUnreadable(path)
    await writer.create(`${root}/one/10.0.0.2:80`)
    const following = follow()
    await following.shows({ one: ['10.0.0.2:80'] })
    await writer.create(`${root}/one/10.0.0.3:80`)
    await following.shows({ one: ['10.0.0.2:80', '10.0.0.3:80'] })
    expect([...warnings].sort()).toEqual(forbidden.map((path) => expect.stringContaining(`${path} left out: `)))
    for (const path of forbidden) await writer.remove(path)
  })

  it('is an error when it is the root', async () => {
    const { root, writer, follow } = await scratch()
    await writer.createUnreadable(root)
    expect((await follow().failure()).message).toContain(`the ACL of ${root} lets nobody here read it`)
    await writer.remove(root)
  })
})

describe('many changes', () => {
  it('end in exactly the truth: nothing missing, nothing extra, nothing stale', async () => {
    const { root, writer, follow } = await scratch()
    const truth = new Map<string, number>()
    const random = mulberry32(7)
    for (const service of services) await writer.create(`${root}/${service}`)
    const following = follow()
    await following.until((view) => view.size === services.length)
    for (let change = 1; change <= 300; change++) await oneChange(change)
    const expected = [...truth].map(([path, weight]) => `${path}=${weight}`).sort()
    await following.until((view) => weights(view).join() === expected.join(), `${expected.length} instances`)
    expect(following.views.length).toBeLessThanOrEqual(301)

    async function oneChange(weight: number) {
      const key = `${services[Math.floor(random() * 5)]}/10.0.0.1:${1 + Math.floor(random() * 20)}`
      const path = `${root}/${key}`
      const data = weighing(weight, Number(key.split(':')[1]))
      if (!truth.has(key)) await writer.create(path, data)
      else if (random() < 0.5) await writer.set(path, data)
      else {
        await writer.remove(path)
        return truth.delete(key)
      }
      truth.set(key, weight)
    }
  })

  it('arrive together in few views', async () => {
    const { root, writer, follow } = await scratch()
    await writer.create(`${root}/one`)
    const following = follow()
    await following.shows({ one: [] })
    const names = Array.from({ length: 200 }, (_, index) => `10.0.0.1:${index + 1}`)
    await Promise.all(names.map((name) => writer.create(`${root}/one/${name}`)))
    await following.shows({ one: names })
    expect(following.views.length).toBeLessThan(100)
  })
})

describe('the session', () => {
  it('is closed at the server by an abort, and a provider that leaves is seen by the end of its own', async () => {
    const server = await startZooKeeper()
    try {
      const provider = await Writer.open(server.address)
      const { follow } = await subject(zookeeper, { hosts: server.address, root: '/services' })
      await provider.createEphemeral('/services/one/10.0.0.1:80')
      const following = follow()
      await following.shows({ one: ['10.0.0.1:80'] })
      expect(await sessions(server.address)).toBe(2)
      await provider.close()
      await following.shows({ one: [] })
      expect(await sessions(server.address)).toBe(1)
      await following.stop()
      expect(await sessions(server.address)).toBe(0)
    } finally {
      await server.stop()
    }
  })
})

const services = ['s1', 's2', 's3', 's4', 's5']

async function scratch() {
  const { root, writer } = await scratchRoot()
  return { root, writer, ...(await subject(zookeeper, { hosts: sharedZooKeeper(), root })) }
}

function weighing(weight: number, port = 80): string {
  return JSON.stringify({ IP: '10.0.0.1', PublicPort: port, Tags: null, Attrs: { weight: String(weight) } })
}

function weights(view: Parameters<typeof summary>[0]): string[] {
  return [...view].flatMap(([name, list]) => list.map(({ id, weight }) => `${name}/${id}=${weight}`)).sort()
}

async function sessions(address: string): Promise<number> {
  const [alive] = (await ask(address, 'dump')).split('ephemeral nodes dump')
  return alive!.match(/^\s*0x/gm)?.length ?? 0
}
