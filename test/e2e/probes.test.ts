import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { startProbed, startProbing } from '../support/probed.ts'
import { until } from '../support/until.ts'

type Gateway = Awaited<ReturnType<typeof startProbing>>

const healthy = (gateway: Gateway, count: number) =>
  until(`${count} pass their probes`, async () => (await gateway.metric('portolan_probe_healthy')) === count)

/** Who answers so many requests, each over a connection of its own. */
async function answers(gateway: Gateway, count = 40): Promise<ReadonlySet<string>> {
  return new Set(await Promise.all(Array.from({ length: count }, () => gateway.addressOfAnswer())))
}

async function serves(gateway: Gateway, ...addresses: string[]) {
  await until(`${addresses} serve, and nobody else`, async () => {
    const answering = await answers(gateway)
    return answering.size === addresses.length && addresses.every((address) => answering.has(address))
  })
}

for (const workers of [0, 2]) {
  it(`gives no more requests to an instance that fails its probes, until it passes them again, with workers: ${workers}`, async () => {
    const [good, bad] = [await startProbed(), await startProbed()]
    const gateway = await startProbing([good, bad], { workers })
    await healthy(gateway, 2)
    await serves(gateway, good.address, bad.address)
    bad.healthy = false
    await serves(gateway, good.address)
    const before = bad.requests
    await answers(gateway, 100)
    expect(bad.requests).toBe(before)
    const { instances } = JSON.parse((await gateway.admin('/api/services/s')).text)
    expect(instances).toMatchObject([
      { id: good.address, fit: true, probe: { state: 'up' } },
      { id: bad.address, fit: false, why: 'probe failed', probe: { state: 'down', reason: 'status 503' } },
    ])
    expect(await gateway.metric('portolan_probe_unhealthy')).toBe(1)
    bad.healthy = true
    await serves(gateway, good.address, bad.address)
    const [down, up] = ['an instance fails its probes', 'an instance passes its probes again']
    expect(await gateway.logged('down', ({ msg }) => msg === down)).toMatchObject({
      instance: bad.address,
      service: 's',
    })
    expect(await gateway.logged('up', ({ msg }) => msg === up)).toMatchObject({ instance: bad.address })
  })
}

it('gives a newcomer its first request after its first probe', async () => {
  const [known, newcomer] = [await startProbed(), await startProbed(null)]
  const gateway = await startProbing([known])
  await healthy(gateway, 1)
  await gateway.write('services.yaml', stringify({ services: { s: [known.address, newcomer.address] } }))
  await until('the newcomer is probed', () => newcomer.probes > 0)
  expect([...(await answers(gateway, 100))]).toEqual([known.address])
  const { instances } = JSON.parse((await gateway.admin('/api/services/s')).text)
  expect(instances[1]).toMatchObject({ fit: false, why: 'not probed yet', probe: { state: 'unknown' } })
  newcomer.healthy = true
  await serves(gateway, known.address, newcomer.address)
  expect(newcomer.asked[0]!.headers['user-agent']).toBe('portolan-probe')
})

it('lets one that is alone serve while its first probe is still out', async () => {
  const alone = await startProbed(null)
  const gateway = await startProbing([alone])
  expect([...(await answers(gateway))]).toEqual([alone.address])
})

it('tells a worker that replaces a dead one what was found before', async () => {
  const [good, bad] = [await startProbed(), await startProbed(false)]
  // Nobody is probed again while this lasts.
  const gateway = await startProbing([good, bad], { active: { interval: '1h', fastInterval: '1h' } })
  await until('both were probed', () => good.probes + bad.probes === 2)
  await serves(gateway, good.address)
  const before = bad.requests
  const old = await gateway.workers()
  for (const victim of old) {
    process.kill(victim, 'SIGKILL')
    const replaced = async () => !(await gateway.workers()).includes(victim) && (await gateway.workers()).length === 2
    await until('another is there', replaced)
    await until('both serve', async () => (await gateway.metric('portolan_workers')) === 2)
    await gateway.ready()
  }
  expect([...(await answers(gateway, 100))]).toEqual([good.address])
  expect([good.probes, bad.probes, bad.requests]).toEqual([1, 1, before])
})

it('lets go of one that has left the registry, is only kept and fails its probes, though it can be connected to', async () => {
  const bad = await startProbed(false)
  const gateway = await startProbing([bad], { active: { interval: '1h', fastInterval: '300ms' } })
  await until('it was probed', () => bad.probes > 0)
  await gateway.write('services.yaml', stringify({ services: { s: [] } }))
  await until('it is gone', async () => {
    const { instances } = JSON.parse((await gateway.admin('/api/services/s')).text)
    return instances.length === 0
  })
  await gateway.logged(
    'the guard keeps it',
    ({ msg }) => msg === 'instances have left the registry; they are kept for now',
  )
})
