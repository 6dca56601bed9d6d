import { EventEmitter, on } from 'node:events'
import { describe, expect, it } from 'vitest'
import { address, defineAdapter, type Instance, instance, type RegistryView } from '../../src/plugin/index.ts'
import { type AdapterHarness, type AdapterRig, adapterContract, type Summary } from '../contract/index.ts'

/** A registry in memory. */
class Memory extends EventEmitter implements AdapterRig {
  truth: Summary = {}
  broken = false
  readonly options = undefined

  async publish(truth: Summary) {
    this.truth = truth
    this.emit('change')
  }

  async publishBroken() {
    this.broken = true
  }

  open() {
    return this.listenerCount('change')
  }

  async close() {}
}

/** What an adapter can do wrong; the plugin below does nothing else wrong. */
type Fault = 'none' | 'new arrays' | 'one view' | 'no warning' | 'a view too early' | 'open too early' | 'left open'

function pluginWith(fault: Fault, memory: () => Memory) {
  return defineAdapter({
    name: 'memory',
    create: (_options, { log }) => {
      const registry = memory()
      if (fault === 'open too early') registry.on('change', () => {})
      const only = new Map<string, readonly Instance[]>()
      let last: RegistryView = new Map()
      const read = () => {
        if (registry.broken && fault !== 'no warning') log.warn({}, 'an instance is left out')
        registry.broken = false
        last = reread(registry.truth, fault === 'new arrays' ? new Map() : last)
        if (fault !== 'one view') return last
        only.clear()
        for (const [name, list] of last) only.set(name, list)
        return only
      }
      return {
        async *watch(signal: AbortSignal) {
          if (signal.aborted) return
          if (fault === 'left open') registry.on('change', () => {})
          const changes = on(registry, 'change', { signal })
          try {
            if (fault === 'a view too early') yield new Map()
            do yield read()
            while (!(await changes.next()).done)
          } catch (error) {
            if (!signal.aborted) throw error
          } finally {
            await changes.return?.()
          }
        },
      }
    },
  })
}

function reread(truth: Summary, before: RegistryView): RegistryView {
  const list = (name: string, ids: readonly string[]) => {
    const old = before.get(name)
    return old?.map(({ id }) => id).join() === ids.join() ? old! : ids.map((id) => instance(address(id)))
  }
  return new Map(Object.entries(truth).map(([name, ids]) => [name, list(name, ids)]))
}

async function lawsBrokenBy(fault: Fault, only = (_law: string) => true): Promise<string[]> {
  let memory = new Memory()
  const rig = async () => {
    memory = new Memory()
    return memory
  }
  const harness: AdapterHarness = { cuts: false, rig }
  const broken: string[] = []
  const laws = adapterContract(
    pluginWith(fault, () => memory),
    harness,
  ).filter(({ name }) => only(name))
  for (const { name, run } of laws) await run().catch(() => broken.push(name))
  return broken
}

describe('the contract of adapters', () => {
  it('is kept by an adapter that does nothing wrong', async () => {
    expect(await lawsBrokenBy('none')).toEqual([])
  })

  it('does not ask a registry whose services are named to lose one', async () => {
    const named = ['one', 'two', 'three', 'none']
    const nobody = Object.fromEntries(named.map((name) => [name, []]))
    let memory = new Memory()
    const rig = async () => {
      memory = new Memory()
      const { publish } = memory
      memory.publish = (truth) => publish.call(memory, { ...nobody, ...truth })
      memory.truth = nobody
      return memory
    }
    const plugin = pluginWith('none', () => memory)
    const laws = adapterContract(plugin, { cuts: false, named, rig })
    for (const { run } of laws) await run()
    const names = (of: typeof laws) => of.map(({ name }) => name)
    const dropped = names(adapterContract(plugin, { cuts: false, rig })).filter((name) => !names(laws).includes(name))
    expect(dropped).toEqual(['leaves out a service that is gone, until it is back'])
  })

  it.each([
    ['new arrays', ['keeps the array of a service that did not change']],
    ['one view', ['keeps the array of a service that did not change', 'does not change a view it has yielded']],
    ['no warning', ['leaves the neighbours of a broken instance, and warns of it']],
    ['a view too early', ['yields the complete view first']],
  ] as const)('catches %s', async (fault, laws) => {
    expect(await lawsBrokenBy(fault)).toEqual(laws)
  })

  it.each([
    ['open too early', 'opens nothing before it is watched'],
    ['left open', 'ends when its consumer leaves, and leaves nothing open'],
  ] as const)('catches what is %s', async (fault, law) => {
    expect(await lawsBrokenBy(fault, (name) => name === law)).toEqual([law])
  })
})
