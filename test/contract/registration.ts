import assert from 'node:assert/strict'
import { type Instance, instance, type RegistryView } from '../../src/plugin/index.ts'
import { nothingOpen, type Trial } from './trial.ts'

type Laws = Record<string, (trial: Trial) => Promise<void>>

const A = { host: '10.0.0.1', port: 8080 }
const B = { host: '::1', port: 8080 }
const RICH = {
  tls: true,
  weight: 2.5,
  zone: 'eu-1a',
  status: 'draining',
  metadata: { version: '3', path: '/a?b=ü' },
} as const

/** What an adapter that can register owes the gateway. */
export const lawsOfRegistration: Laws = {
  async 'registers, as its harness says'({ adapter }) {
    assert.equal(typeof adapter.register, 'function')
  },

  async 'shows what it has registered, with all that was said of it'({ follow, register }) {
    const following = follow()
    const plain = register('one', A)
    const rich = register('one', { ...B, ...RICH })
    const view = await following.until((view) => ids(view, 'one').length === 2, 'both registrations')
    for (const { instance } of [plain, rich])
      assert.deepEqual(said(view.get('one')?.find(({ id }) => id === instance.id)), said(instance))
  },

  async 'says that it has registered, once'({ follow, register, entries }) {
    const following = follow()
    const before = infos(entries)
    register('one', A)
    await following.until((view) => ids(view, 'one').length === 1, 'the registration')
    const deadline = Date.now() + 3000
    while (infos(entries) === before) {
      assert.ok(Date.now() < deadline, 'nothing was logged as info')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    assert.equal(infos(entries), before + 1)
  },

  async 'takes a registration back when it is aborted, and leaves nothing open'({ rig, follow, register }) {
    const following = follow()
    const registering = register('one', A)
    await following.until((view) => ids(view, 'one').length === 1, 'the registration')
    await registering.end()
    await following.stop()
    await nothingOpen(rig)
    const first = await follow().until(() => true, 'a first view')
    assert.deepEqual(ids(first, 'one'), [], 'registered after the end')
  },

  async 'holds registrations apart'({ follow, register }) {
    const following = follow()
    const [a] = [register('one', A), register('one', B), register('two', A)]
    await following.until((view) => shown(view) === 'one 10.0.0.1:8080 [::1]:8080, two 10.0.0.1:8080', 'all three')
    await a.end()
    await following.until((view) => shown(view) === 'one [::1]:8080, two 10.0.0.1:8080', 'the other two')
  },

  async 'does not stir what others have registered'({ rig, follow, register }) {
    await rig.publish({ one: ['10.0.0.9:80'], two: ['10.0.0.9:80'] })
    const following = follow()
    const before = await following.until((view) => view.size === 2)
    const a = register('one', A)
    const during = await following.until((view) => ids(view, 'one').length === 2, 'both')
    assert.equal(during.get('two'), before.get('two'))
    await a.end()
    await following.until((view) => ids(view, 'one').join() === '10.0.0.9:80', 'the other')
  },

  async 'registers nothing when it is aborted beforehand'({ rig, adapter }) {
    await adapter.register!('one', instance(A), AbortSignal.abort())
    assert.equal(await rig.open(), 0)
  },
}

/** What it owes besides when its rig can be cut off. */
export const lawsOfLostRegistration: Laws = {
  async 'registers as soon as it can, when it cannot at first'({ rig, follow, register }) {
    await rig.cut!()
    register('one', A)
    await rig.mend!()
    await follow().until((view) => ids(view, 'one').length === 1, 'the registration')
  },

  async 'holds a registration through a failure, and can still take it back'({ rig, follow, register }) {
    const registering = register('one', A)
    const first = follow()
    await first.until((view) => ids(view, 'one').length === 1, 'the registration')
    await rig.cut!()
    await first.failure()
    await rig.mend!()
    const second = follow()
    await second.until((view) => ids(view, 'one').length === 1, 'the registration after the failure')
    await registering.end()
    await second.until((view) => ids(view, 'one').length === 0, 'nothing after the end')
  },

  async 'ends when it is aborted while it is cut off'({ rig, follow, register }) {
    const registering = register('one', A)
    const following = follow()
    await following.until((view) => ids(view, 'one').length === 1, 'the registration')
    await rig.cut!()
    await following.failure()
    await registering.end()
    await nothingOpen(rig)
  },
}

export const lawOfSilence: Laws = {
  async 'registers nothing, as its harness says'({ adapter }) {
    assert.equal(adapter.register, undefined)
  },
}

const ids = (view: RegistryView, service: string) => (view.get(service) ?? []).map(({ id }) => id)

/** Services that have somebody. Whether those that have not are known is the registry's way. */
function shown(view: RegistryView): string {
  const some = [...view].filter(([, list]) => list.length > 0)
  return some
    .map(([name]) => `${name} ${ids(view, name).sort().join(' ')}`)
    .sort()
    .join(', ')
}

function said(registered: Instance | undefined): object | undefined {
  if (!registered) return undefined
  const { host, port, tls, weight, zone, status, metadata } = registered
  return { host, port, tls, weight, zone, status, metadata }
}

const infos = (entries: Trial['entries']) => entries.filter(({ level }) => level === 'info').length
