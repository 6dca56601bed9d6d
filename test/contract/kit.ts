import { type Endpoint, type Instance, instance, type PickContext, type PluginContext } from '../../src/plugin/index.ts'

/** An endpoint whose counters the test writes. */
export interface ScriptedEndpoint extends Endpoint {
  instance: Instance
  inFlight: number
  latencyMs: number
  weight: number
}

export type EndpointFields = Partial<Instance> & Partial<Pick<Endpoint, 'inFlight' | 'latencyMs'>>

/** At 127.0.0.1:8080 unless told, idle, without an answer yet; `weight` is the instance's too. */
export function endpoint({ inFlight = 0, latencyMs = 0, ...fields }: EndpointFields = {}): ScriptedEndpoint {
  const registered = instance({ host: '127.0.0.1', port: 8080, ...fields })
  return { instance: registered, inFlight, latencyMs, weight: registered.weight }
}

/** One endpoint for each id, of weight 1. */
export const endpoints = (...ids: string[]): ScriptedEndpoint[] => ids.map((id) => endpoint({ id }))

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

export interface ScriptedContext extends PluginContext {
  /** What was logged, oldest first. */
  readonly entries: readonly LogEntry[]
  /** The messages among them that were logged as warnings. */
  readonly warnings: readonly string[]
  /** Moves the clock on, which stands still otherwise. */
  advance(ms: number): void
}

/** A clock that stands at 0, chance from `seed` (default 1), a log that is kept, ordinal 0, the current directory. */
export function pluginContext({
  seed = 1,
  ...overrides
}: Partial<PluginContext> & { seed?: number } = {}): ScriptedContext {
  const entries: LogEntry[] = []
  const warnings: string[] = []
  const write = (level: LogEntry['level']) => (fields: object, message: string) => {
    entries.push({ level, fields, message })
    if (level === 'warn') warnings.push(message)
  }
  let nowMs = 0
  return {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    now: () => nowMs,
    random: mulberry32(seed),
    directory: process.cwd(),
    ordinal: 0,
    ...overrides,
    entries,
    warnings,
    advance(ms) {
      nowMs += ms
    },
  }
}

/** GET / of service `service` from 127.0.0.1, without headers. */
export function pickContext(overrides: Partial<PickContext> = {}): PickContext {
  const context = { service: 'service', method: 'GET', path: '/', clientAddress: '127.0.0.1', header: () => undefined }
  return { ...context, ...overrides }
}

/** A small seeded generator, uniform in [0, 1), by Tommy Ettinger. Good enough for statistics, not for secrets. */
export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
