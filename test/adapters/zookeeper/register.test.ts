import { describe, expect, it, onTestFinished } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { until } from '../../support/until.ts'
import { ask, scratchRoot, sharedZooKeeper, startZooKeeper, Writer } from '../../support/zookeeper.ts'
import { registering, registeringAt } from './registering.ts'

const NOBODY = '0'.repeat(16)

describe('a registration', () => {
  it('is an ephemeral node in the own form, below parents that stay', async () => {
    const { root, writer } = await scratchRoot()
    const one = registeringAt(`${root}/deep/down`, writer, {
      weight: 2,
      zone: 'a',
      tls: true,
      metadata: { version: '3' },
    })
    const { data, owner } = await one.node()
    expect(data).toBe('{"weight":2,"scheme":"https","zone":"a","metadata":{"version":"3"}}')
    expect(owner).not.toBe(NOBODY)
    for (const parent of [root, `${root}/deep`, `${root}/deep/down`, `${root}/deep/down/one`])
      expect(await writer.read(parent)).toMatchObject({ data: '', owner: NOBODY })
    await one.end()
    expect(await writer.read(one.path)).toBeUndefined()
    expect(await writer.read(`${root}/deep/down/one`)).toBeDefined()
  })

  it('may be at the root of the tree, and of an IPv6 address', async () => {
    const server = await startZooKeeper()
    onTestFinished(() => server.stop())
    const writer = await Writer.open(server.address)
    onTestFinished(() => writer.close())
    const one = registeringAt('/', writer, { host: '::1' }, { hosts: server.address })
    await until('it is there', () => writer.read('/one/[::1]:80'))
    await one.end()
  })

  it('is gone from the server when its end has been waited for, and so is its session', async () => {
    const one = await registering()
    const { owner } = await one.node()
    await one.end()
    expect(await one.writer.read(one.path)).toBeUndefined()
    expect(await sessionsOf(sharedZooKeeper())).not.toContain(owner)
  })

  it('is made again when somebody deletes it, with its parents too', async () => {
    const one = await registering()
    await one.made()
    await one.writer.remove(one.path)
    await one.made(2)
    const service = one.path.slice(0, one.path.lastIndexOf('/'))
    await one.writer.removeTogether(one.path, service, service.slice(0, service.lastIndexOf('/')))
    await one.made(3)
    expect(one.context.entries.filter(({ level }) => level === 'info').map(({ message }) => message)).toEqual([
      `${one.path} registered`,
      `${one.path} registered again`,
      `${one.path} registered again`,
    ])
  })

  it('keeps what somebody writes into it', async () => {
    const one = await registering()
    const { createdIn } = await one.node()
    await one.writer.set(one.path, '{"status":"DRAINING"}')
    await one.writer.create(`${one.path.slice(0, -1)}1`) // has happened after it
    expect(await one.writer.read(one.path)).toMatchObject({ createdIn, data: '{"status":"DRAINING"}' })
    await one.end()
    expect(await one.writer.read(one.path)).toBeUndefined()
    expect(one.times()).toBe(1)
  })

  it('refuses a service, a layout and a size that cannot be, before it connects', async () => {
    const { root, writer } = await scratchRoot()
    const none = { hosts: '127.0.0.1:1' }
    await expect(registeringAt(root, writer, { layout: 'dubbo' }, none).held).rejects.toThrow(
      'nothing is registered in the layout "dubbo"; known: auto, plain, portolan, registrator, curator',
    )
    const large = { metadata: { much: 'x'.repeat(1_000_000) } }
    await expect(registeringAt(root, writer, large, none).held).rejects.toThrow(/has 10000\d\d bytes; at most 1000000/)
  })
})

describe('after a failure, a registration', () => {
  it('is made anew at once when only the connection is lost: the old session takes nothing with it', async () => {
    const { one, proxy } = await behindProxy({ sessionTimeout: '2s' })
    const first = await one.node()
    proxy.cut()
    const second = await one.node(2)
    expect(second.owner).not.toBe(first.owner)
    expect(await sessionsOf(sharedZooKeeper())).toContain(first.owner)
    await until('the old session is over', async () => !(await sessionsOf(sharedZooKeeper())).includes(first.owner))
    expect(await one.writer.read(one.path)).toEqual(second)
    expect(one.times()).toBe(2)
  })

  it('is replaced without a gap: nobody finds the service empty', async () => {
    const { one, proxy } = await behindProxy({ sessionTimeout: '10s' })
    await one.made()
    const gateway = await subject(zookeeper, { hosts: sharedZooKeeper(), root: one.root })
    const following = gateway.follow()
    await following.shows({ one: ['10.0.0.1:80'] })
    for (const time of [2, 3, 4, 5]) {
      const before = following.view!.get('one')![0]
      proxy.cut()
      await one.made(time)
      await following.until((view) => view.get('one')![0] !== before, 'the next one')
    }
    expect(following.views.filter((view) => view.get('one')!.length !== 1)).toEqual([])
  })

  it('is made anew when its session has expired meanwhile', async () => {
    const { one, proxy } = await behindProxy({ sessionTimeout: '1s', connectTimeout: '300ms' })
    await one.made()
    proxy.freeze()
    await until('it has expired', async () => !(await one.writer.read(one.path)))
    proxy.thaw()
    await one.made(2)
  })

  it('is made anew when the server has been killed and is back', async () => {
    const server = await startZooKeeper()
    onTestFinished(() => server.stop())
    const { one, first } = await onServer(server.address)
    await server.restart()
    const writer = await Writer.open(server.address)
    onTestFinished(() => writer.close())
    const second = await until('it is made again', async () => one.times() >= 2 && writer.read(one.path))
    await until('the old session is over', async () => !(await sessionsOf(server.address)).includes(first.owner))
    expect(await writer.read(one.path)).toEqual(second)
  })

  it('can still be taken back, over a new connection', async () => {
    const { one, proxy } = await behindProxy({ sessionTimeout: '20s' })
    await one.made()
    await proxy.refuse()
    await until('it is lost', () => one.context.warnings.some((text) => text.includes('is tried again')))
    await proxy.accept()
    await one.end()
    expect(await one.writer.read(one.path)).toBeUndefined()
  })

  it('ends within seconds when it is aborted and nobody answers, with a warning', async () => {
    const { one, proxy } = await behindProxy({ sessionTimeout: '30s' })
    await one.made()
    proxy.freeze()
    const began = performance.now()
    await one.end()
    expect(performance.now() - began).toBeLessThan(8000)
    expect(one.context.warnings.at(-1)).toContain(`${one.path} may stay until its session has expired`)
  })
})

describe('without the permission to write', () => {
  it.each(['', '/one'])('below <root>%s it rejects with what the ACL forbids', async (below) => {
    const { root, writer } = await scratchRoot()
    await writer.createReadOnly(root + below)
    onTestFinished(() => writer.remove(root + below))
    const made = below ? `${root}/one/10.0.0.1:80` : `${root}/one`
    const { held } = registeringAt(root, writer)
    await expect(held).rejects.toThrow(`the ACL of ${root}${below} lets nobody here create ${made}`)
  })
})

it('rejects when a parent is ephemeral', async () => {
  const { root, writer } = await scratchRoot()
  await writer.createEphemeral(`${root}/one`)
  await expect(registeringAt(root, writer).held).rejects.toThrow(`${root}/one is ephemeral`)
})

async function behindProxy(options: object) {
  const proxy = await FaultProxy.open(sharedZooKeeper())
  onTestFinished(() => proxy.close())
  return { one: await registering({}, { hosts: proxy.address, ...options }), proxy }
}

/** The writer does not outlive its server well: it is closed before anything happens. */
async function onServer(address: string) {
  const writer = await Writer.open(address)
  const one = registeringAt('/services', writer, {}, { hosts: address, sessionTimeout: '2s' })
  const first = await one.node()
  await writer.close()
  return { one, first }
}

async function sessionsOf(address: string): Promise<string[]> {
  const [alive = ''] = (await ask(address, 'dump')).split('ephemeral nodes dump')
  return [...alive.matchAll(/^\s*0x([0-9a-f]+)/gm)].map(([, id]) => id!.padStart(16, '0'))
}
