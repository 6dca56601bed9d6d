import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { FaultProxy } from '../../support/fault-proxy.ts'
import { startGateway } from '../../support/gateway.ts'
import { until } from '../../support/until.ts'
import { ask as askServer, sharedZooKeeper, Writer } from '../../support/zookeeper.ts'
import type { JavaServer } from '../../support/zookeeper-java.ts'
import { startJavaZooKeeper } from '../../support/zookeeper-server.ts'
import { ask, startInstance } from './rig/own.ts'
import { type Charted, charted, harm, loadOn, openProxy, registryOf } from './rig/registry.ts'

interface Fault {
  begin(server: JavaServer, proxy: FaultProxy): unknown
  end(server: JavaServer, proxy: FaultProxy): unknown
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'cannot be reached': { begin: (_, proxy) => proxy.refuse(), end: (_, proxy) => proxy.accept() },
  'is stopped by SIGSTOP': { begin: (server) => server.freeze(), end: (server) => server.thaw() },
  'is killed and started again': { begin: (server) => server.kill(), end: (server) => server.restart() },
}

/** The sessions that watch data below a path of the shared server, by what they watch. */
async function watchers(root: string): Promise<Map<string, string[]>> {
  const byPath = new Map<string, string[]>()
  let path = ''
  for (const line of (await askServer(sharedZooKeeper(), 'wchp')).split('\n')) {
    if (line.startsWith('/')) path = line
    else if (line.trim()) byPath.set(path, [...(byPath.get(path) ?? []), line.trim()])
  }
  return new Map([...byPath].filter(([path]) => path === root || path.startsWith(`${root}/`)))
}

const notLive = (gateway: Charted['gateway']) =>
  until('the loss is seen', async () => (await registryOf(gateway)).state !== 'live')

describe.each([0, 2])('with workers: %i', (workers) => {
  describe('a ZooKeeper of its own', () => {
    let server: JavaServer
    beforeAll(async () => {
      server = await startJavaZooKeeper()
    })
    afterAll(() => server.stop())

    it.each(Object.keys(FAULTS))(
      '117: a registry that %s fails no request, and is followed again afterwards',
      async (what) => {
        const root = `/${Object.keys(FAULTS).indexOf(what)}`
        const one = await startInstance()
        const register = async (address: string) => {
          const writer = await Writer.open(server.address)
          await writer.create(`${root}/s/${address}`)
          await writer.close()
        }
        await register(one.address)
        const proxy = await openProxy(server.address)
        const options = { hosts: [proxy.address], root, sessionTimeout: '2s' }
        const registry = { type: 'zookeeper', options, snapshot: null }
        const gateway = await startGateway(stringify({ server: { workers }, registry }))
        const load = loadOn(gateway)
        await FAULTS[what]!.begin(server, proxy)
        await notLive(gateway)
        const seen = load.answered
        await until('the load goes on', () => load.answered > seen + 200)
        await FAULTS[what]!.end(server, proxy)
        const newcomer = await startInstance()
        await register(newcomer.address)
        await until('the newcomer is asked', () => newcomer.requests.length > 0)
        expect(await harm(load)).toEqual([])
      },
    )
  })

  it.each(['without its root', 'with an empty service'])(
    '118: a registry that comes back %s takes nobody away while providers register anew',
    async (how) => {
      const chart = await charted({ workers, instances: 3, registry: { settle: '2s' } })
      const { gateway, proxy, writer, root, instances } = chart
      const load = loadOn(gateway)
      await proxy.refuse()
      await notLive(gateway)
      if (how === 'without its root') await writer.removeTree(root)
      else await Promise.all(instances.map(chart.leave))
      await proxy.accept()
      await until('all are held', async () => (await registryOf(gateway)).held.length === 3)
      expect(await registryOf(gateway)).toMatchObject({ state: 'recovering', held: [{ reason: 'recovering' }, {}, {}] })
      expect(await gateway.metric('portolan_registry_state', 'state="recovering"')).toBe(1)
      await Promise.all(instances.map(chart.register))
      await until('all are back', async () => (await registryOf(gateway)).held.length === 0)
      await until('it has recovered', async () => (await registryOf(gateway)).state === 'live')
      expect(await harm(load)).toEqual([])
      expect(load.answered).toBeGreaterThan(0)
    },
  )

  it('118: a service that is empty and stays so is answered 503, and nobody is asked', async () => {
    const { gateway, instances, leave } = await charted({ workers, registry: { settle: '500ms' } })
    const [last] = instances
    expect((await ask(gateway, 's')).status).toBe(200)
    await leave(last!)
    await until('it is believed', async () => (await registryOf(gateway)).held.length === 0)
    await until('it is known to all', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(gateway, 's')))
      return answers.every(({ status }) => status === 503)
    })
    const asked = last!.requests.length
    const answer = await ask(gateway, 's')
    expect([answer.field('x-portolan-error'), answer.field('retry-after')]).toEqual(['GW_NO_ENDPOINT', '1'])
    expect(last!.requests).toHaveLength(asked)
  })

  it('119: a session that expires is made anew, time and again: all is read and watched once more, and once only', {
    timeout: 90_000,
  }, async () => {
    const { gateway, proxy, register, root } = await charted({ workers, sessionTimeout: '1s' })
    const load = loadOn(gateway)
    for (let cycle = 0; cycle < 3; cycle++) {
      const [session] = await until('it watches', async () => [...(await watchers(root)).values()][0])
      proxy.freeze()
      await until(
        'the session has expired',
        async () => !(await askServer(sharedZooKeeper(), 'dump')).includes(session!),
      )
      const newcomer = await startInstance()
      await register(newcomer)
      proxy.thaw()
      await until('what has changed meanwhile is known', () => newcomer.requests.length > 0)
    }
    for (let cycle = 0; cycle < 5; cycle++) {
      proxy.cut()
      await until('it is there again', () => proxy.connections > 0)
    }
    // Of the watches of each kind the server shows those on data: four instances'.
    const once = async () => [...(await watchers(root)).values()].map(({ length }) => length).join() === '1,1,1,1'
    await until('each path is watched, by one session', once)
    expect(proxy.connections).toBe(1)
    const last = await startInstance()
    await register(last)
    await until('the last change is known', () => last.requests.length > 0)
    expect(await harm(load)).toEqual([])
  })

  it('120: a registry whose connection hangs is noticed, called again, and read when it answers', async () => {
    const { gateway, proxy, register } = await charted({ workers })
    const load = loadOn(gateway)
    proxy.freeze()
    const reason = (words: RegExp) =>
      until(`${words}`, async () => words.test((await registryOf(gateway)).sources[0].reason))
    await reason(/no answer to exists \/ within/)
    expect((await registryOf(gateway)).state).not.toBe('live')
    await reason(/no session within/)
    const newcomer = await startInstance()
    await register(newcomer)
    proxy.thaw()
    await until('the newcomer is asked', () => newcomer.requests.length > 0)
    expect(await harm(load)).toEqual([])
  })
})
