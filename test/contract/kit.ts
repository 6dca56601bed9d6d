import {
  type Endpoint,
  type Instance,
  instance,
  type PickContext,
  type StrategyContext,
} from '../../src/plugin/index.ts'

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

export interface ScriptedContext extends StrategyContext {
  /** What was logged, oldest first. */
  readonly entries: readonly LogEntry[]
  /** The messages among them that were logged as warnings. */
  readonly warnings: readonly string[]
  /** Moves the clock on, which stands still otherwise. */
  advance(ms: number): void
}

/**
 * A clock that stands at 0, chance from `seed` (default 1), a log that is kept, ordinal 0, the current directory, service
 * `service`, and for an inner strategy one that picks by that chance.
 */
export function pluginContext({
  seed = 1,
  ...overrides
}: Partial<StrategyContext> & { seed?: number } = {}): ScriptedContext {
  const entries: LogEntry[] = []
  const warnings: string[] = []
  const write = (level: LogEntry['level']) => (fields: object, message: string) => {
    entries.push({ level, fields, message })
    if (level === 'warn') warnings.push(message)
  }
  const random = overrides.random ?? mulberry32(seed)
  let nowMs = 0
  return {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    now: () => nowMs,
    random,
    inner: () => ({ pick: (endpoints) => endpoints[Math.floor(random() * endpoints.length)]! }),
    directory: process.cwd(),
    ordinal: 0,
    service: 'service',
    ...overrides,
    entries,
    warnings,
    advance(ms) {
      nowMs += ms
    },
  }
}

export interface ScriptedRequest extends PickContext {
  inFlight: number
  /** What was set, by name. */
  readonly cookies: ReadonlyMap<string, string>
}

/** GET / of service `service` from 127.0.0.1, without headers, with nothing in flight. Keeps the cookies that are set. */
export function pickContext(overrides: Partial<PickContext> = {}): ScriptedRequest {
  const cookies = new Map<string, string>()
  return {
    service: 'service',
    method: 'GET',
    path: '/',
    clientAddress: '127.0.0.1',
    inFlight: 0,
    header: () => undefined,
    setCookie: (name, value) => cookies.set(name, value),
    ...overrides,
    cookies,
  }
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
