import { expect, it } from 'vitest'
import { pickContext } from '../contract/index.ts'
import { at, pooling, portOf, ports } from './pooling.ts'

const TIME_MS = 30_000

/** Three, the first of which is ejected. */
function ejected(...more: Parameters<typeof pooling>) {
  const made = pooling(...more)
  made.pool.update(ports(1, 2, 3))
  made.pool.eject(made.get(1), TIME_MS)
  const lease = () => made.pool.lease(pickContext(), [])!
  return { ...made, lease }
}

it('offers an ejected endpoint to nobody until its time is over', () => {
  const { pool, offered, get, advance } = ejected()
  expect([pool.why(get(1)), offered()]).toEqual(['ejected', [2, 3]])
  advance(TIME_MS - 1)
  expect([pool.why(get(1)), offered()]).toEqual(['ejected', [2, 3]])
})

it('gives it exactly one request then, whatever the strategy would pick', () => {
  const { pool, lease, get, advance } = ejected()
  advance(TIME_MS)
  expect(pool.why(get(1))).toBe('trial')
  const leases = Array.from({ length: 20 }, lease)
  expect(leases.filter(({ trial }) => trial).map(({ endpoint }) => portOf(endpoint))).toEqual([1])
  expect(leases.filter(({ endpoint }) => endpoint === get(1))).toHaveLength(1)
})

it('offers it again once it is readmitted', () => {
  const { pool, lease, offered, get, advance } = ejected()
  advance(TIME_MS)
  const trial = lease()
  pool.readmit(trial.endpoint)
  trial.end()
  expect([pool.why(get(1)), offered()]).toEqual([undefined, [1, 2, 3]])
})

it('gives it another one when the trial ended without an answer, and it was nobody’s fault', () => {
  const { lease, get, advance } = ejected()
  advance(TIME_MS)
  lease().end()
  expect(get(1).trial).toBe('due')
  expect(lease()).toMatchObject({ trial: true, endpoint: get(1) })
})

it('waits anew when it is ejected once more', () => {
  const { pool, lease, get, advance } = ejected()
  advance(TIME_MS)
  const trial = lease()
  pool.eject(get(1), 3 * TIME_MS)
  trial.end()
  expect([pool.why(get(1)), lease().trial]).toEqual(['ejected', false])
  advance(2 * TIME_MS)
  expect(lease().trial).toBe(true)
})

it('makes no trial of a second try', () => {
  const { pool, get, advance } = ejected()
  advance(TIME_MS)
  expect(pool.lease(pickContext(), [get(2)])).toMatchObject({ trial: false, endpoint: get(3) })
})

it('makes none while probes find it down, and one at once when they find it up again', () => {
  const { pool, lease, get } = ejected({ probed: true })
  pool.verdict('10.0.0.1:1', false)
  pool.verdict('10.0.0.1:1', true)
  expect(pool.why(get(1))).toBe('trial')
  pool.verdict('10.0.0.1:1', false)
  expect([pool.why(get(1)), lease().trial]).toEqual(['probe failed', false])
})

it('does not end an ejection by a probe that was never in doubt', () => {
  const { pool, get } = ejected({ probed: true })
  pool.verdict('10.0.0.1:1', true)
  expect(pool.why(get(1))).toBe('ejected')
})

it('tries every ejected endpoint, one request each', () => {
  const { pool, lease, get, advance } = ejected()
  pool.eject(get(2), TIME_MS)
  advance(TIME_MS)
  const leases = Array.from({ length: 5 }, lease)
  const trials = leases.filter(({ trial }) => trial).map(({ endpoint }) => portOf(endpoint))
  expect(trials.sort()).toEqual([1, 2])
})

it('leaves the spare tier in peace, and tries the tier that should have the load', () => {
  const { pool, get, advance } = pooling()
  pool.update([...ports(1, 2), at(8, { metadata: { priority: '1' } }), at(9, { metadata: { priority: '1' } })])
  pool.eject(get(8), TIME_MS)
  advance(TIME_MS)
  expect(pool.lease(pickContext(), [])!.trial).toBe(false)
  pool.eject(get(1), 2 * TIME_MS)
  pool.eject(get(2), 2 * TIME_MS)
  advance(TIME_MS)
  const trials = Array.from({ length: 4 }, () => pool.lease(pickContext(), [])!).filter(({ trial }) => trial)
  expect(trials.map(({ endpoint }) => portOf(endpoint)).sort()).toEqual([1, 2, 8])
})

it('forgets the ejection of an instance that registers anew at the same address', () => {
  const { pool, get } = pooling()
  const registered = (ms: number) => [at(1, { registeredAt: ms }), at(2)]
  pool.update(registered(1))
  pool.eject(get(1), TIME_MS)
  pool.update(registered(1))
  expect(pool.why(get(1))).toBe('ejected')
  pool.update(registered(2))
  expect(pool.why(get(1))).toBeUndefined()
})

it('is not given to another request when one that was judged long ago ends', () => {
  const { pool, get, advance } = pooling()
  pool.update(ports(1, 2))
  const trial = (untilMs: number) => {
    pool.eject(get(1), untilMs)
    advance(1000)
    return pool.lease(pickContext(), [])!
  }
  const [first, second] = [trial(1000), trial(2000)]
  expect([first.trial, second.trial]).toEqual([true, true])
  first.end()
  expect(pool.lease(pickContext(), [])!.endpoint).toBe(get(2))
  second.end()
  expect(pool.lease(pickContext(), [])!.endpoint).toBe(get(1))
})
