import { describe, expect, it } from 'vitest'
import { view } from '../contract/index.ts'
import { A, B, C, D, live, Play, SETTLE_MS } from './guard-play.ts'

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
