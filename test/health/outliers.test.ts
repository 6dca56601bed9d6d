import { describe, expect, it } from 'vitest'
import { at, ports } from '../balancing/pooling.ts'
import { pickContext } from '../contract/index.ts'
import { BASE_MS, judging } from './judging.ts'

describe('failures in a row', () => {
  it('eject at the fifth, and not before', () => {
    const { fail, pool, get, events } = judging()
    fail(1, 4)
    expect(pool.why(get(1))).toBeUndefined()
    fail(1)
    expect(pool.why(get(1))).toBe('ejected')
    expect(events).toEqual(['1 consecutive failures'])
  })

  it('are no row with a success between them', () => {
    const { ok, fail, events } = judging()
    for (let time = 0; time < 10; time++) {
      fail(1, 4)
      ok(1)
    }
    expect(events).toEqual([])
  })

  it('of an old registration do not count against a new one', () => {
    const { pool, fail, events } = judging()
    fail(1, 4)
    pool.update([at(1, { registeredAt: 2 }), ...ports(2, 3, 4, 5)])
    fail(1, 4)
    expect(events).toEqual([])
  })
})

describe('the success rate', () => {
  const rated = () => judging({ successRate: 0.8, consecutiveFailures: 100 })

  it('ejects below its bound, and not at it', () => {
    const { ok, fail, events } = rated()
    ok(1, 16)
    fail(1, 4)
    expect(events).toEqual([])
    fail(1)
    expect(events).toEqual(['1 success rate'])
  })

  it('means nothing before there were enough requests', () => {
    const { fail, events } = rated()
    fail(1, 19)
    expect(events).toEqual([])
    fail(1)
    expect(events).toEqual(['1 success rate'])
  })

  it('forgets what has left the window', () => {
    const { ok, fail, events, advance } = rated()
    fail(1, 19)
    advance(10_000)
    ok(1, 20)
    fail(1, 5)
    expect(events).toEqual([])
  })

  it('remembers what lies within the window', () => {
    const { ok, fail, events, advance } = rated()
    for (let second = 0; second < 8; second++) {
      ok(1, 2)
      fail(1)
      advance(1000)
    }
    expect(events).toEqual(['1 success rate'])
  })

  it('begins anew after an ejection', () => {
    const { ok, fail, trial, events } = rated()
    fail(1, 20)
    trial(1)
    ok(1)
    fail(1, 18)
    expect(events).toEqual(['1 success rate', '1 readmitted'])
  })
})

describe('an ejection', () => {
  it('lasts longer each time, up to a bound', () => {
    const { fail, leftMs, trial } = judging()
    fail(1, 5)
    const times = [leftMs(1)]
    for (let repeat = 0; repeat < 12; repeat++) {
      trial(1)
      fail(1)
      times.push(leftMs(1))
    }
    expect(times).toEqual(
      [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300, 300].map((seconds) => seconds * 1000),
    )
  })

  it('is shorter by one step for each base time that has passed since the last', () => {
    const { ok, fail, leftMs, trial, advance } = judging()
    fail(1, 5)
    for (let repeat = 0; repeat < 3; repeat++) {
      trial(1)
      fail(1)
    }
    trial(1)
    ok(1)
    advance(2 * BASE_MS)
    fail(1, 5)
    expect(leftMs(1)).toBe(3 * BASE_MS)
    trial(1)
    ok(1)
    advance(100 * BASE_MS)
    fail(1, 5)
    expect(leftMs(1)).toBe(BASE_MS)
  })

  it('is longer by a chance of up to a tenth, so that those ejected together return one by one', () => {
    const { fail, leftMs } = judging({}, () => 0.5)
    fail(1, 5)
    expect(leftMs(1)).toBeCloseTo(BASE_MS * 1.05, 6)
  })

  it('is not prolonged, nor ended, by what was on its way before', () => {
    const { ok, fail, leftMs, pool, get } = judging()
    fail(1, 50)
    expect(leftMs(1)).toBe(BASE_MS)
    ok(1, 50)
    expect(pool.why(get(1))).toBe('ejected')
  })

  it('is logged once, and so is the return', () => {
    const { ok, fail, trial, log } = judging()
    fail(1, 20)
    trial(1)
    ok(1, 20)
    expect(log).toEqual([
      {
        level: 'warn',
        fields: { service: 'a', instance: '10.0.0.1:1', reason: 'consecutive failures', forMs: BASE_MS },
        message: 'an instance that fails its requests is ejected',
      },
      { level: 'info', fields: { service: 'a', instance: '10.0.0.1:1' }, message: 'an instance is readmitted' },
    ])
  })

  it('hits at most the allowed part of the candidates', () => {
    const { fail, events, pool } = judging()
    for (const port of [1, 2, 3, 4, 5]) fail(port, 20)
    expect(events).toHaveLength(2)
    expect([pool.offer.ejected, pool.panic]).toEqual([2, false])
  })

  it('may hit one of a few, however small the allowed part', () => {
    const { fail, events } = judging({ maxEjected: 0.01 })
    for (const port of [1, 2]) fail(port, 5)
    expect(events).toEqual(['1 consecutive failures'])
  })

  it('never hits the last healthy one', () => {
    const { fail, events, pool, get } = judging({ maxEjected: 1 })
    for (const port of [2, 3]) pool.verdict(get(port).instance.id, false)
    for (const port of [1, 4, 5]) fail(port, 20)
    expect(events).toEqual(['1 consecutive failures', '4 consecutive failures'])
    expect(pool.why(get(5))).toBeUndefined()
  })

  it('never hits the only one', () => {
    const { fail, pool, events } = judging()
    pool.update(ports(1))
    fail(1, 100)
    expect(events).toEqual([])
  })

  it('may empty a tier whose load another one can take', () => {
    const { fail, pool, get } = judging()
    pool.update([at(1), ...ports(2, 3).map((one) => ({ ...one, metadata: { priority: '1' } }))])
    fail(1, 5)
    expect(pool.why(get(1))).toBe('ejected')
    expect([pool.panic, pool.why(get(2))]).toEqual([false, undefined])
  })

  it('hits nobody who has left', () => {
    const { outliers, pool, get, events, now } = judging()
    const gone = get(1)
    pool.update(ports(2, 3, 4, 5))
    for (let time = 0; time < 5; time++) outliers.record(pool, gone, 'failed', now())
    expect(events).toEqual([])
  })
})

describe('the trial', () => {
  it('readmits by a success, and the endpoint begins anew', () => {
    const { ok, fail, trial, pool, get, events } = judging()
    fail(1, 5)
    trial(1)
    ok(1)
    expect(pool.why(get(1))).toBeUndefined()
    fail(1, 4)
    expect(events).toEqual(['1 consecutive failures', '1 readmitted'])
  })

  it('ejects again by one failure', () => {
    const { fail, trial, pool, get, events } = judging()
    fail(1, 5)
    trial(1)
    fail(1)
    expect(pool.why(get(1))).toBe('ejected')
    expect(events).toEqual(['1 consecutive failures', '1 trial failed'])
  })

  it('ejects again though its lease has ended before the outcome is known here', () => {
    const { fail, leftMs, advance, pool, get } = judging()
    fail(1, 5)
    advance(leftMs(1))
    const lease = pool.lease(pickContext(), [])!
    lease.end()
    fail(1)
    expect(pool.why(get(1))).toBe('ejected')
  })

  it('is not decided by what another request comes to meanwhile', () => {
    const { outliers, fail, trial, pool, get, now } = judging()
    fail(1, 5)
    trial(1)
    for (const outcome of ['ok', 'failed'] as const) outliers.record(pool, get(1), outcome, now(), false)
    expect(pool.why(get(1))).toBe('trial')
    outliers.record(pool, get(1), 'ok', now(), true)
    expect(pool.why(get(1))).toBeUndefined()
  })
})
