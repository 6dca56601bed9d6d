import { onTestFinished, vi } from 'vitest'
import type { ActiveConfig } from '../../src/config/types.ts'
import { Prober, type Verdict } from '../../src/health/index.ts'
import { type Instance, type InstanceFields, instance } from '../../src/plugin/index.ts'
import type { RegistryUpdate } from '../../src/registry/index.ts'
import { pluginContext } from '../contract/index.ts'
import { active } from './settings.ts'

export const one = (id: string, fields: Partial<InstanceFields> = {}) =>
  instance({ id, host: '10.0.0.1', port: 80, ...fields })

/** All instances of one service. */
export const told = (name: string, ...instances: Instance[]): RegistryUpdate => ({
  services: [{ name, instances }],
  removed: [],
  complete: true,
})

/** A prober on fake timers. What is ill fails; what hangs does not answer until it is let go. */
export function probing(settings: Partial<ActiveConfig> | null = {}, chance: () => number = () => 0.5) {
  const beganMs = performance.now()
  const asked: (readonly [atMs: number, id: string])[] = []
  const ill = new Set<string>()
  const failing: string[] = []
  const verdicts: Verdict[] = []
  const waiting: (() => void)[] = []
  const state = { hangs: false }
  const context = pluginContext()
  const prober = new Prober({
    log: context.log,
    settings: () => settings && active(settings),
    async probe({ id }) {
      asked.push([performance.now() - beganMs, id])
      if (state.hangs) await new Promise<void>((go) => void waiting.push(go))
      return ill.has(id) ? 'status 503' : null
    },
    failing: (_, id) => void failing.push(id),
    now: () => performance.now(),
    wallMs: () => Date.now(),
    random: chance,
  })
  onTestFinished(() => prober.close())
  prober.subscribe((verdict) => void verdicts.push(verdict))
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  const timesOf = (id: string) => asked.filter(([, other]) => other === id).map(([atMs]) => atMs)
  return { prober, asked, timesOf, ill, failing, verdicts, waiting, state, pass, context }
}
