import { Guard, type GuardOptions } from '../../src/registry/guard.ts'
import { view } from '../contract/index.ts'

export const SETTLE_MS = 30_000
export const [A, B, C, D] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80', '10.0.0.4:80'] as const

/** A guard, a clock that the test moves, and services in short. */
export class Play {
  readonly guard: Guard
  nowMs = 1000
  #said: Record<string, readonly string[]> = {}

  constructor(options: Partial<GuardOptions> = {}) {
    this.guard = new Guard({ settleMs: SETTLE_MS, sessionTimeoutMs: 10_000, onEmpty: 'hold', ...options })
  }

  /** The registry has been read, and says exactly this. */
  says(services: Record<string, readonly string[]>): this {
    this.guard.read(this.nowMs)
    const names = new Set([...Object.keys(services), ...Object.keys(this.#said)])
    for (const name of names) {
      if (services[name]?.join() === this.#said[name]?.join()) continue
      this.guard.say(name, services[name] && view({ [name]: services[name] }).get(name), this.nowMs)
    }
    this.#said = services
    return this
  }

  after(ms: number): this {
    this.nowMs += ms
    this.guard.tick(this.nowMs)
    return this
  }

  lost(): this {
    this.guard.lose(this.nowMs)
    return this
  }

  fails(id: string, service = 'a'): boolean {
    return this.guard.unreachable(service, id, this.nowMs)
  }

  serves(service = 'a'): string[] | undefined {
    return this.guard.served(service)?.instances.map(({ id }) => id)
  }

  held(service = 'a'): readonly string[] | undefined {
    return this.guard.served(service)?.held
  }
}

export const live = (options?: Partial<GuardOptions>) => new Play(options).says({ a: [A, B, C, D] })
