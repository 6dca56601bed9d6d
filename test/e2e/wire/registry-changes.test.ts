import { describe, expect, it } from 'vitest'
import { until } from '../../support/until.ts'
import { ask, get, openClient, startInstance } from './rig/own.ts'
import { type Charted, charted, harm, loadOn } from './rig/registry.ts'
import { ok } from './rig/say.ts'
import type { UpstreamRequest, WireUpstream } from './rig/upstream.ts'

/** What somebody may register beside those who do it right: the name of the znode, and its data. */
const MALFORMED: Readonly<Record<string, readonly [name: string, data: string]>> = {
  'without a port': ['127.0.0.1', ''],
  'with a port that is none': ['127.0.0.1:99999', ''],
  'with a name that is no address': ['nonsense', 'more of it'],
  'with a weight that is none': ['127.0.0.1:1', '{"weight":"heavy"}'],
  'whose data name no port': ['one', '{"IP":"127.0.0.1","PublicPort":null,"Attrs":{}}'],
  'whose data name a host that is none': ['two', '{"IP":"a b\\u0000","PublicPort":80,"Attrs":{}}'],
  'with data of 900 KB': ['three', `{"IP":"${'x'.repeat(900_000)}","PublicPort":80}`],
  'with data that break off': ['four', '{"IP":"127.0.0.1","Publ'],
  'with data that are no text': ['five', '\xff\xfe\0\0{'],
}

/** Whether an instance has been asked since. */
async function isAsked(instance: WireUpstream): Promise<void> {
  const before = instance.requests.length
  await until('it is asked', () => instance.requests.length > before)
}

/** All workers know that it has left: for a while nobody asks it. */
async function isLeft({ gateway }: Charted, instance: WireUpstream, service = 's'): Promise<void> {
  await until('nobody asks it', async () => {
    const before = instance.requests.length
    await Promise.all(Array.from({ length: 30 }, () => ask(gateway, service)))
    return instance.requests.length === before
  })
}

describe.each([0, 2])('with workers: %i', (workers) => {
  it.each(Object.keys(MALFORMED))('121: an instance %s harms nobody else', async (what) => {
    const chart = await charted({ workers })
    const { gateway, writer, root, register } = chart
    const load = loadOn(gateway)
    const [name, data] = MALFORMED[what]!
    await writer.create(`${root}/s/${name}`, Buffer.from(data, 'latin1'))
    await gateway.logged('a warning of it', (line) => JSON.stringify(line).includes(`${root}/s/${name}`))
    const newcomer = await startInstance()
    await register(newcomer)
    await isAsked(newcomer)
    await isAsked(chart.instances[0]!)
    expect(await harm(load)).toEqual([])
  })

  it('121: an instance whose data become nonsense goes, and the others stay', async () => {
    const chart = await charted({ workers, instances: 3 })
    const { gateway, writer, instances, pathOf } = chart
    const load = loadOn(gateway)
    const [one, ...others] = instances as [WireUpstream, ...WireUpstream[]]
    await writer.set(pathOf(one), '{"weight":"heavy"}')
    await isLeft(chart, one)
    for (const other of others) await isAsked(other)
    await writer.set(pathOf(one), '{"weight":1}')
    await isAsked(one)
    expect(await harm(load)).toEqual([])
  })

  it('121: of two who claim one address one counts, and the end of either leaves the other', async () => {
    const chart = await charted({ workers })
    const { gateway, writer, root, instances, pathOf } = chart
    const load = loadOn(gateway)
    const [one] = instances as [WireUpstream]
    const twin = `${root}/s/twin`
    await writer.create(twin, JSON.stringify({ IP: '127.0.0.1', PublicPort: one.port, Tags: null, Attrs: {} }))
    const known = async () => JSON.parse((await gateway.admin('/api/services/s')).text).instances
    await until('the later one counts', async () => (await known())[0].layout === 'registrator')
    expect(await known()).toHaveLength(1)
    await writer.remove(pathOf(one))
    await isAsked(one)
    const [left, ...others] = await known()
    expect([left.id, left.held, others]).toEqual([one.address, undefined, []])
    expect(await harm(load)).toEqual([])
  })

  it('121: an instance at an IPv6 address is asked', async () => {
    const { gateway, register } = await charted({ workers })
    const load = loadOn(gateway)
    const instance = await startInstance('ok', '::1')
    await register(instance)
    await isAsked(instance)
    expect(await harm(load)).toEqual([])
  })

  it('122: an instance that has left gets no new request, and what it was asked before comes to its end', async () => {
    const chart = await charted({ workers, instances: 2 })
    const { gateway, instances, leave } = chart
    const [leaving] = instances as [WireUpstream, WireUpstream]
    let held: UpstreamRequest | undefined
    leaving.respond((asked) => {
      if (held) asked.write(ok())
      else held = asked
    })
    const clients = []
    while (!held) clients.push((await openClient(gateway)).send(get('s')))
    await leave(leaving)
    await isLeft(chart, leaving)
    const before = leaving.requests.length
    const load = loadOn(gateway)
    await until('the load runs', () => load.answered > 200)
    expect(leaving.requests).toHaveLength(before)
    held.write(ok('at last'))
    const answers = await Promise.all(clients.map((client) => client.answer()))
    expect(answers.map(({ status }) => status)).toEqual(clients.map(() => 200))
    expect(answers.filter(({ body }) => body === 'at last')).toHaveLength(1)
    expect(await harm(load)).toEqual([])
  })

  it('122: an instance that comes is asked', async () => {
    const { gateway, register } = await charted({ workers })
    const load = loadOn(gateway)
    const newcomer = await startInstance()
    await register(newcomer)
    await isAsked(newcomer)
    expect(await harm(load)).toEqual([])
  })

  it('122: one that comes and goes does not touch the connections to the others', async () => {
    const chart = await charted({ workers, instances: 3, settings: { upstream: { idleTimeout: '60s' } } })
    const { gateway, instances, register, leave } = chart
    const [flapping, ...others] = instances as [WireUpstream, ...WireUpstream[]]
    const load = loadOn(gateway)
    for (let turn = 0; turn < 10; turn++) {
      await leave(flapping)
      await register(flapping)
      await isAsked(flapping)
    }
    expect(await harm(load)).toEqual([])
    const connections = others.flatMap((other) => other.connections)
    expect(connections.map(({ ended }) => ended).filter(Boolean)).toEqual([])
    // At most one for each of the four clients, in each process that serves.
    expect(connections.length).toBeLessThanOrEqual(others.length * 4 * Math.max(workers, 1))
  })
})
