import { describe, expect, it } from 'vitest'
import { A, B, C, D, live, Play, SETTLE_MS } from './guard-play.ts'

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
