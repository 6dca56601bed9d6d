import { onTestFinished } from 'vitest'
import { createAdminApp, Metrics, Standings } from '../../src/admin/index.ts'
import type { EndpointStanding, ServiceStanding } from '../../src/balancing/index.ts'
import type { ActiveConfig } from '../../src/config/types.ts'
import type { Explanation, Question } from '../../src/explain/index.ts'
import { Prober } from '../../src/health/index.ts'
import type { LeftOut } from '../../src/plugin/index.ts'
import { Registry, type SourceSpec } from '../../src/registry/index.ts'
import { pluginContext, type Step, scripted } from '../contract/index.ts'

export interface AskedOptions extends Partial<SourceSpec> {
  readonly token?: string | null
  readonly leftOut?: readonly LeftOut[]
  readonly workers?: number
  /** Of every service. */
  readonly active?: ActiveConfig
  /** Ids of the instances that fail their probes; the others pass. */
  readonly ill?: ReadonlySet<string>
}

const explain = async ({ method, url }: Question): Promise<Explanation> => ({
  worker: 0,
  request: { method, target: url },
})

/** An admin app over a registry that has played these steps. */
export async function asked(steps: readonly Step[], options: AskedOptions = {}) {
  const { token = null, leftOut = [], workers = 1, active, ill = new Set(), ...fields } = options
  const script = scripted(...steps)
  const adapter = { ...script, leftOut: () => leftOut }
  const context = pluginContext()
  const spec: SourceSpec = {
    name: 'one',
    type: 'any',
    adapter,
    merge: 'union',
    onEmpty: 'hold',
    settleMs: 1000,
    ...fields,
  }
  const registry = new Registry([spec], { ...context, delayMs: () => 0, reaches: async () => false })
  const prober = new Prober({
    ...context,
    settings: () => active ?? null,
    probe: async ({ id }) => (ill.has(id) ? 'status 503' : null),
    failing: () => undefined,
    now: () => performance.now(),
    wallMs: () => 0,
  })
  registry.subscribe((update) => prober.apply(update))
  registry.start()
  onTestFinished(async () => {
    prober.close()
    await registry.close()
  })
  if (!fields.adapter) await script.played
  const standings = new Standings()
  const sources = { registry, prober, standings, workers: () => workers }
  const metrics = new Metrics({ ...sources, now: context.now })
  const app = createAdminApp({ token, metrics, sources, ready: () => true, draining: () => false, explain })
  // biome-ignore lint/suspicious/noExplicitAny: whatever it answers
  const get = async (path: string): Promise<any> => (await app.request(path)).json()
  const post = (path: string, headers = {}) => app.request(`http://gateway${path}`, { method: 'POST', headers })
  return { app, get, post, registry, prober, standings, metrics, context }
}

/** Of a service in one worker: at rest, without limits, but for what is given. */
export function standing(service: string, fields: Partial<ServiceStanding> = {}): ServiceStanding {
  const rest = {
    inFlight: 0,
    tunnels: 0,
    pending: 0,
    panic: false,
    budgetLeft: null,
    breaker: null,
    limit: null,
    endpoints: [],
  }
  return { service, ...rest, ...fields }
}

export const standingOf = (id: string, fields: Partial<EndpointStanding> = {}): EndpointStanding => ({
  id,
  picks: 0,
  inFlight: 0,
  latencyMs: 0,
  ...fields,
})

export const NOTHING_COUNTED = {
  requests: [],
  problems: [],
  shed: [],
  latency: [],
  events: [],
  standings: [],
  connections: { open: 0, refused: [] },
}
