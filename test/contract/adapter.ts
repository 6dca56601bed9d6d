import assert from 'node:assert/strict'
import type { AdapterPlugin } from '../../src/plugin/index.ts'
import { Following, type Summary } from './following.ts'
import { pluginContext } from './kit.ts'
import type { Law } from './law.ts'
import { lawOfSilence, lawsOfLostRegistration, lawsOfRegistration } from './registration.ts'
import { nothingOpen, Registrations, type Trial } from './trial.ts'

/** The registry a law is tried on: empty at first, and nobody else's. */
export interface AdapterRig {
  /** Options of the plugin that lead to this registry, as a configuration file would write them. */
  readonly options: unknown
  /** Resolves when the registry says exactly this: `host:port` by service. `[]`: known, and without an instance. */
  publish(truth: Summary): Promise<void>
  /** Registers, beside what was last published under `service`, something that is no instance. */
  publishBroken(service: string): Promise<void>
  /** Makes the registry unreadable for the adapter, in a way that it can notice. */
  cut?(): Promise<void>
  /** Makes it readable again, with the truth as it was. */
  mend?(): Promise<void>
  /** Connections, watches or handles that the adapter has open at this moment. */
  open(): number | Promise<number>
  /** Called after each law, also a broken one. */
  close(): Promise<void>
}

export interface AdapterHarness {
  rig(): Promise<AdapterRig>
  /** Whether its rigs have `cut` and `mend`. Without them there are no laws about failures. */
  readonly cuts: boolean
  /** Whether the plugin's adapters can register. Without it there is one law about that: they do not. */
  readonly registers?: boolean
  /**
   * For a registry that cannot say which services it has, such as DNS: those that the options of the rigs name, which are
   * `one`, `two`, `three` and `none`. They are always known, with none while nothing is published; so no service is ever gone.
   */
  readonly named?: readonly string[]
}

/**
 * What every registry adapter owes the gateway, one law a test:
 *
 * ```ts
 * describe('my adapter', () => {
 *   for (const law of adapterContract(myAdapter, harness)) it(law.name, () => law.run())
 * })
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: the options come from the rig and meet the plugin's schema
export function adapterContract(plugin: AdapterPlugin<any>, harness: AdapterHarness): Law[] {
  const chosen = {
    ...laws,
    ...(!harness.named && lawsOfServices),
    ...(harness.cuts && lawsOfFailure),
    ...(harness.registers ? lawsOfRegistration : lawOfSilence),
    ...(harness.registers && harness.cuts && lawsOfLostRegistration),
  }
  return Object.entries(chosen).map(([name, law]) => ({ name, run: () => tried(plugin, harness, law) }))
}

const A = '10.0.0.1:8080'
const B = '10.0.0.2:8080'
const C = '[::1]:8080'

const laws: Record<string, (trial: Trial) => Promise<void>> = {
  async 'opens nothing before it is watched'({ rig }) {
    assert.equal(await rig.open(), 0)
  },

  async 'yields the complete view first'({ rig, follow }) {
    await rig.publish({ one: [A, B], two: [C], none: [] })
    const following = follow()
    await following.shows({ one: [A, B], two: [C], none: [] })
    assert.equal(following.views.length, 1, 'views before the complete one')
  },

  async 'follows instances that come and go'({ rig, follow }) {
    await rig.publish({ one: [A] })
    const following = follow()
    await following.shows({ one: [A] })
    await rig.publish({ one: [A, B] })
    await following.shows({ one: [A, B] })
    await rig.publish({ one: [B] })
    await following.shows({ one: [B] })
  },

  async 'keeps the array of a service that did not change'({ rig, follow }) {
    await rig.publish({ one: [A], two: [B] })
    const following = follow()
    const before = await following.shows({ one: [A], two: [B] })
    await rig.publish({ one: [A], two: [B, C] })
    const after = await following.shows({ one: [A], two: [B, C] })
    assert.equal(after.get('one'), before.get('one'))
    assert.notEqual(after.get('two'), before.get('two'))
  },

  async 'does not change a view it has yielded'({ rig, follow }) {
    await rig.publish({ one: [A], two: [B] })
    const following = follow()
    const before = await following.shows({ one: [A], two: [B] })
    const copy = [...before].map(([name, list]) => [name, [...list]])
    await rig.publish({ one: [A, C] })
    await following.shows({ one: [A, C] })
    assert.deepEqual([...before], copy)
  },

  async 'shows a service whose last instance left, with none'({ rig, follow }) {
    await rig.publish({ one: [A], two: [B] })
    const following = follow()
    await following.shows({ one: [A], two: [B] })
    await rig.publish({ one: [], two: [B] })
    await following.shows({ one: [], two: [B] })
    await rig.publish({ one: [A], two: [B] })
    await following.shows({ one: [A], two: [B] })
  },

  async 'leaves the neighbours of a broken instance, and warns of it'({ rig, follow, warnings }) {
    await rig.publish({ one: [A], two: [B] })
    await rig.publishBroken('one')
    const following = follow()
    await following.shows({ one: [A], two: [B] })
    assert.equal(warnings.length, 1, `warnings: ${warnings.join('; ')}`)
    await rig.publish({ one: [A], two: [B, C] })
    await following.shows({ one: [A], two: [B, C] })
  },

  async 'ends when it is aborted and leaves nothing open'({ rig, follow }) {
    await rig.publish({ one: [A] })
    const following = follow()
    await following.shows({ one: [A] })
    assert.notEqual(await rig.open(), 0, 'open while it is watched')
    await following.stop()
    await nothingOpen(rig)
  },

  async 'ends when its consumer leaves, and leaves nothing open'({ rig, adapter }) {
    await rig.publish({ one: [A] })
    for await (const _view of adapter.watch(new AbortController().signal)) break
    await nothingOpen(rig)
  },

  async 'ends at once when it is aborted beforehand'({ rig, adapter }) {
    for await (const _view of adapter.watch(AbortSignal.abort())) assert.fail('yielded a view after the abort')
    assert.equal(await rig.open(), 0)
  },

  async 'can be watched again after its end'({ rig, follow }) {
    await rig.publish({ one: [A], two: [B] })
    const first = follow()
    await first.shows({ one: [A], two: [B] })
    await first.stop()
    await rig.publish({ one: [A], two: [C] })
    await follow().shows({ one: [A], two: [C] })
  },
}

const lawsOfServices: Record<string, (trial: Trial) => Promise<void>> = {
  async 'leaves out a service that is gone, until it is back'({ rig, follow }) {
    await rig.publish({ one: [A], two: [B] })
    const following = follow()
    await following.shows({ one: [A], two: [B] })
    await rig.publish({ two: [B] })
    await following.shows({ two: [B] })
    await rig.publish({ one: [C], two: [B] })
    await following.shows({ one: [C], two: [B] })
  },
}

const lawsOfFailure: Record<string, (trial: Trial) => Promise<void>> = {
  async 'throws when it is cut off, and leaves nothing open'({ rig, follow }) {
    await rig.publish({ one: [A] })
    const following = follow()
    await following.shows({ one: [A] })
    await rig.cut!()
    assert.notEqual((await following.failure()).message, '')
    await nothingOpen(rig)
  },

  async 'throws when it cannot read at first'({ rig, follow }) {
    await rig.cut!()
    assert.notEqual((await follow().failure()).message, '')
    await nothingOpen(rig)
  },

  async 'reads what it missed when it is watched again, and keeps the arrays of the rest'({ rig, follow }) {
    await rig.publish({ one: [A], two: [B] })
    const first = follow()
    const before = await first.shows({ one: [A], two: [B] })
    await rig.cut!()
    await first.failure()
    await rig.mend!()
    await rig.publish({ one: [A], two: [C], three: [] })
    const after = await follow().shows({ one: [A], two: [C], three: [] })
    assert.equal(after.get('one'), before.get('one'))
  },
}

// biome-ignore lint/suspicious/noExplicitAny: see adapterContract
async function tried(plugin: AdapterPlugin<any>, harness: AdapterHarness, law: (trial: Trial) => Promise<void>) {
  const rig = await harness.rig()
  const followings: Following[] = []
  const registrations = new Registrations()
  try {
    const context = pluginContext({ now: () => performance.now(), random: () => 0 })
    const adapter = plugin.create(await typed(plugin, rig.options), context)
    const follow = () => {
      const following = new Following(adapter, harness.named)
      followings.push(following)
      return following
    }
    const { entries, warnings } = context
    await law({ rig, adapter, entries, warnings, follow, register: (...what) => registrations.add(adapter, ...what) })
  } finally {
    await registrations.end()
    await Promise.allSettled(followings.map((following) => following.stop()))
    await rig.close()
  }
}

async function typed<Options>(plugin: AdapterPlugin<Options>, written: unknown): Promise<Options> {
  const result = await plugin.options?.['~standard'].validate(written)
  if (result?.issues) assert.fail(`the plugin refuses the rig's options: ${JSON.stringify(result.issues)}`)
  return result?.value as Options
}
