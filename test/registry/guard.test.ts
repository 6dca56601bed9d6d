import { describe, expect, it } from 'vitest'
import { Guard, type GuardOptions } from '../../src/registry/guard.ts'
import { view } from '../contract/index.ts'

const SETTLE_MS = 30_000
const [A, B, C, D] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80', '10.0.0.4:80'] as const

/** A guard, a clock that the test moves, and services in short. */
class Play {
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

const live = (options?: Partial<GuardOptions>) => new Play(options).says({ a: [A, B, C, D] })

describe('while the registry can be read', () => {
  it('shows what comes and lets one go that goes, at once', () => {
    const play = live()
    expect(play.says({ a: [A, B, C] }).serves()).toEqual([A, B, C])
    expect(play.says({ a: [A, B, C, D] }).serves()).toEqual([A, B, C, D])
    expect(play.guard.restless).toBe(false)
  })

  it('keeps those that go together when they are more than half of a service', () => {
    expect(
      live()
        .says({ a: [A, B] })
        .serves(),
    ).toEqual([A, B])
    const play = live().says({ a: [A] })
    expect(play.serves()).toEqual([A, B, C, D])
    expect(play.held()).toEqual([B, C, D])
    expect([...play.guard.held()].map(({ reason }) => reason)).toEqual(Array(3).fill('mass-removal'))
  })

  it('lets them go when the service has been quiet for one window', () => {
    const play = live().says({ a: [A] })
    expect(play.after(SETTLE_MS - 1).serves()).toHaveLength(4)
    expect(play.after(1).serves()).toEqual([A])
    expect(play.guard.restless).toBe(false)
  })

  it('begins to wait anew with each change of the service, but keeps nobody for more than a minute', () => {
    const play = live()
      .says({ a: [A] })
      .after(20_000)
      .says({ a: [A, '10.0.0.9:80'] })
    expect(play.after(20_000).serves()).toHaveLength(5)
    play.says({ a: [A] }).after(19_999)
    expect(play.serves()).toEqual([A, B, C, D])
    expect(play.after(1).serves()).toEqual([A])
  })

  it('takes what goes and comes back within a window for no change', () => {
    const play = live()
    const before = play.serves()
    for (let flap = 0; flap < 5; flap++) {
      play.says({ a: [] })
      expect(play.after(5000).serves()).toEqual(before)
      play.says({ a: [A, B, C, D] })
      expect(play.serves()).toEqual(before)
      expect(play.held()).toEqual([])
    }
  })

  it('does not hold what has failed a moment ago', () => {
    const play = live()
    for (const id of [B, C]) expect(play.fails(id)).toBe(false)
    expect(play.serves()).toEqual([A, B, C, D])
    expect(play.says({ a: [A] }).serves()).toEqual([A, D])
    const later = live()
    later.fails(B)
    expect(
      later
        .after(10_001)
        .says({ a: [A] })
        .serves(),
    ).toEqual([A, B, C, D])
  })

  it('lets go at once of one that is kept and fails, and of no other that fails', () => {
    const play = live().says({ a: [A] })
    expect(play.fails(C)).toBe(true)
    expect(play.serves()).toEqual([A, B, D])
    expect(play.fails(A)).toBe(false)
    expect(play.fails('10.9.9.9:80')).toBe(false)
    expect(play.fails(A, 'unknown')).toBe(false)
    expect(play.serves()).toEqual([A, B, D])
  })
})

describe('the last instance of a service', () => {
  it('is kept until it fails', () => {
    const play = new Play().says({ a: [A] }).says({ a: [] })
    expect(play.serves()).toEqual([A])
    expect(play.guard.served('a')).toMatchObject({ held: [A], absent: false })
    expect(play.fails(A)).toBe(true)
    expect(play.serves()).toEqual([])
  })

  it('is kept when the service goes with it, which is then known no more', () => {
    const play = new Play().says({ a: [A] }).says({})
    expect(play.guard.served('a')).toMatchObject({ held: [A], absent: true })
    play.fails(A)
    expect(play.guard.served('a')).toBeUndefined()
  })

  it('is let go after a window without a failure', () => {
    expect(
      new Play()
        .says({ a: [A] })
        .says({})
        .after(SETTLE_MS)
        .serves(),
    ).toBeUndefined()
  })

  it('goes at once where an empty service is to be cleared', () => {
    expect(
      new Play({ onEmpty: 'clear' })
        .says({ a: [A] })
        .says({ a: [] })
        .serves(),
    ).toEqual([])
    expect(
      new Play({ onEmpty: 'clear' })
        .says({ a: [A] })
        .says({})
        .serves(),
    ).toBeUndefined()
  })
})

describe('while the registry cannot be read', () => {
  it('is suspect at first, stale when sessions have ended, and keeps everything', () => {
    const play = live()
      .says({ a: [A] })
      .lost()
    expect(play.guard.state).toBe('suspect')
    expect(play.after(9999).guard.state).toBe('suspect')
    expect(play.after(1).guard.state).toBe('stale')
    expect(play.after(24 * 3_600_000).serves()).toEqual([A, B, C, D])
  })

  it('serves those no more that fail, until they answer again or the registry is back', () => {
    const play = live().lost()
    expect(play.fails(B)).toBe(true)
    expect(play.fails(B)).toBe(false)
    expect(play.serves()).toEqual([A, C, D])
    expect([...play.guard.purged()].map(([service, { id }]) => [service, id])).toEqual([['a', B]])
    expect(play.guard.reachable('a', B)).toBe(true)
    expect(play.serves()).toEqual([A, B, C, D])
    play.fails(C)
    expect(play.guard.read(play.nowMs)).toEqual(['a'])
    expect(play.serves()).toEqual([A, B, C, D])
  })

  it('goes on serving the last of a service, failing or not', () => {
    const play = live().lost()
    expect([A, B, C, D].map((id) => play.fails(id))).toEqual([true, true, true, false])
    expect(play.serves()).toEqual([D])
  })
})

describe('when the registry is back', () => {
  const back = (services: Record<string, string[]>) => live().lost().after(60_000).says(services)

  it('shows what is new at once', () => {
    const play = back({ a: [A, B, C, D, '10.0.0.5:80'], b: [A] })
    expect(play.guard.state).toBe('recovering')
    expect(play.serves()).toHaveLength(5)
    expect(play.serves('b')).toEqual([A])
  })

  it('lets nobody go before the service has been quiet for one window', () => {
    const play = back({})
    expect(play.serves()).toEqual([A, B, C, D])
    play.after(20_000).says({ a: [B] })
    expect(play.held()).toEqual([A, C, D])
    expect(play.after(20_000).serves()).toEqual([B, A, C, D])
    expect(play.after(10_000).serves()).toEqual([B])
  })

  it('keeps also a single one that goes', () => {
    const play = back({ a: [A, B, C, D] }).says({ a: [A, B, C] })
    expect(play.serves()).toEqual([A, B, C, D])
    expect([...play.guard.held()][0]).toMatchObject({ reason: 'recovering', service: 'a' })
    expect(play.fails(D)).toBe(true)
    expect(play.serves()).toEqual([A, B, C])
  })

  it('is live again when nobody has come back for one window', () => {
    const play = back({ a: [A, B, C] })
      .after(20_000)
      .says({ a: [A, B, C, D] })
    expect(play.after(SETTLE_MS - 1).guard.state).toBe('recovering')
    expect(play.after(1).guard.state).toBe('live')
    expect(play.says({ a: [A, B, C] }).serves()).toEqual([A, B, C])
  })

  it('is live again after four windows, whatever comes and goes', () => {
    const play = back({ a: [A, B, C] })
    for (let step = 0; step < 12; step++) {
      expect(play.guard.state).toBe('recovering')
      play.says({ a: step % 2 ? [A, B, C, D] : [A, B, C] }).after(SETTLE_MS / 3)
    }
    expect(play.guard.state).toBe('live')
  })

  it('waits anew with what it kept when it was lost', () => {
    const play = live()
      .says({ a: [A] })
      .after(20_000)
      .lost()
      .after(60_000)
    play.says({ a: [A] })
    expect(play.after(SETTLE_MS - 1).serves()).toHaveLength(4)
    expect(play.after(1).serves()).toEqual([A])
  })

  it('recovers from a snapshot as from an outage', () => {
    const play = new Play()
    play.guard.restore(view({ a: [A, B], b: [C] }), play.nowMs)
    expect(play.guard.state).toBe('disk')
    expect(play.serves()).toEqual([A, B])
    expect(play.fails(A)).toBe(true)
    expect(play.serves()).toEqual([B])
    play.guard.read(play.nowMs)
    for (const service of ['a', 'b']) play.guard.say(service, undefined, play.nowMs)
    expect(play.guard.state).toBe('recovering')
    expect(play.serves()).toEqual([A, B])
    expect(play.after(SETTLE_MS).serves()).toBeUndefined()
  })
})

describe('an operator', () => {
  it('has what is gone let go, of one service', () => {
    const play = new Play().says({ a: [A], b: [B] }).says({})
    expect(play.guard.accept('a', play.nowMs)).toEqual(['a'])
    expect(play.guard.accept('a', play.nowMs)).toEqual([])
    expect([play.serves('a'), play.serves('b')]).toEqual([undefined, [B]])
  })

  it('has it let go of all, and takes the registry for recovered', () => {
    const play = live().lost().says({})
    expect(play.guard.accept(undefined, play.nowMs)).toEqual(['a'])
    expect(play.guard.state).toBe('live')
    expect(play.serves()).toBeUndefined()
  })
})

it('holds nothing where it is told not to', () => {
  const play = new Play({ settleMs: 0, onEmpty: 'clear', sessionTimeoutMs: 0 }).says({ a: [A, B, C], b: [D] })
  expect(play.says({ a: [] }).serves()).toEqual([])
  expect(play.lost().guard.state).toBe('stale')
  expect(play.says({ a: [A] }).guard.state).toBe('live')
  expect(play.says({}).serves()).toBeUndefined()
})

it('is pending before anything is known, also when the registry cannot be read', () => {
  const play = new Play()
  expect(play.guard.state).toBe('pending')
  expect(play.lost().guard.state).toBe('pending')
})
