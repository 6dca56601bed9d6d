import { EventEmitter, on } from 'node:events'
import { describe, expect, it } from 'vitest'
import { defineAdapter, type Instance, instance } from '../../src/plugin/index.ts'
import { type AdapterRig, adapterContract, type Summary } from '../contract/index.ts'

/** A registry in memory, with one service of what others have published and all that was registered. */
class Memory extends EventEmitter implements AdapterRig {
  readonly options = undefined
  readonly published = new Map<string, Instance[]>()
  readonly registered = new Set<{ service: string; instance: Instance }>()

  async publish(truth: Summary) {
    this.published.clear()
    for (const [service, ids] of Object.entries(truth))
      this.published.set(
        service,
        ids.map((id) => instance({ host: id.slice(0, -3), port: 80 })),
      )
    this.emit('change')
  }

  async publishBroken() {}

  open() {
    return this.listenerCount('change')
  }

  async close() {}

  view(): Map<string, readonly Instance[]> {
    const view = new Map<string, readonly Instance[]>(this.published)
    for (const { service, instance } of this.registered) view.set(service, [...(view.get(service) ?? []), instance])
    return view
  }
}

type Fault = 'none' | 'forgets' | 'says nothing' | 'says it twice' | 'stays' | 'does not look at the signal'

function pluginWith(fault: Fault, memory: () => Memory) {
  return defineAdapter({
    name: 'memory',
    create: (_options, { log }) => {
      const registry = memory()
      return {
        async *watch(signal: AbortSignal) {
          const changes = on(registry, 'change', { signal })
          try {
            do yield registry.view()
            while (!(await changes.next()).done)
          } catch (error) {
            if (!signal.aborted) throw error
          } finally {
            await changes.return?.()
          }
        },
        async register(service: string, given: Instance, signal: AbortSignal) {
          if (fault === 'does not look at the signal') registry.on('change', () => {})
          if (signal.aborted) return
          const entry = {
            service,
            instance: fault === 'forgets' ? instance({ host: given.host, port: given.port }) : given,
          }
          registry.registered.add(entry)
          registry.emit('change')
          const times = { 'says nothing': 0, 'says it twice': 2 }[fault as string] ?? 1
          for (let time = 0; time < times; time++) log.info({}, 'registered')
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          if (fault === 'stays') return
          registry.registered.delete(entry)
          registry.emit('change')
        },
      }
    },
  })
}

/** Of the laws about registration, those that are broken. */
async function broken(fault: Fault, only?: string): Promise<string[]> {
  let memory = new Memory()
  const rig = async () => {
    memory = new Memory()
    return memory
  }
  const names: string[] = []
  const plugin = pluginWith(fault, () => memory)
  const others = adapterContract(plugin, { cuts: false, rig }).map(({ name }) => name)
  const laws = adapterContract(plugin, { cuts: false, registers: true, rig })
  const chosen = laws.filter(({ name }) => (only ? name === only : !others.includes(name)))
  for (const { name, run } of chosen) await run().catch(() => names.push(name))
  return names
}

describe('the contract of adapters that register', () => {
  it('is kept by one that does nothing wrong', async () => {
    expect(await broken('none')).toEqual([])
  })

  it.each([
    ['forgets', 'shows what it has registered, with all that was said of it'],
    ['stays', 'takes a registration back when it is aborted, and leaves nothing open'],
    ['says nothing', 'says that it has registered, once'],
    ['says it twice', 'says that it has registered, once'],
    ['does not look at the signal', 'registers nothing when it is aborted beforehand'],
  ] as const)('catches one that %s', async (fault, law) => {
    expect(await broken(fault, law)).toEqual([law])
  })

  it('catches a harness that keeps quiet about it', async () => {
    const memory = new Memory()
    const laws = adapterContract(
      pluginWith('none', () => memory),
      { cuts: false, rig: async () => memory },
    )
    const law = laws.find(({ name }) => name === 'registers nothing, as its harness says')!
    await expect(law.run()).rejects.toThrow()
  })
})
