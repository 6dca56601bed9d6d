import { describe, expect, it } from 'vitest'
import { pickContext } from '../contract/index.ts'
import { at, pooling, portOf, ports } from './pooling.ts'

const backup = (port: number) => at(port, { metadata: { priority: '1' } })

describe('panic', () => {
  it('offers all when less than a half is healthy, and only the healthy ones at the half', () => {
    const { pool, offered } = pooling({ probed: true })
    pool.update(ports(1, 2, 3, 4))
    for (const port of [1, 2]) pool.verdict(`10.0.0.1:${port}`, false)
    expect([pool.panic, offered()]).toEqual([false, [3, 4]])
    pool.verdict('10.0.0.1:3', false)
    expect([pool.panic, offered()]).toEqual([true, [1, 2, 3, 4]])
    pool.verdict('10.0.0.1:3', true)
    expect([pool.panic, offered()]).toEqual([false, [3, 4]])
  })

  it('offers nobody who is down or drains, though nobody else is left', () => {
    const { pool, offered } = pooling()
    pool.update([at(1, { status: 'draining' }), at(2, { status: 'down' })])
    expect([pool.panic, offered()]).toEqual([false, []])
  })

  it('never begins with a bound of 0, unless nobody at all is healthy', () => {
    const { pool, offered, get } = pooling({ panicBelow: 0 })
    pool.update(ports(1, 2, 3))
    pool.eject(get(1), 1000)
    pool.eject(get(2), 1000)
    expect([pool.panic, offered()]).toEqual([false, [3]])
    pool.eject(get(3), 1000)
    expect([pool.panic, offered()]).toEqual([true, [1, 2, 3]])
  })

  it('is told of when it begins and when it ends', () => {
    const told: boolean[] = []
    const { pool, get } = pooling({}, {}, (_service, panic) => told.push(panic))
    pool.update(ports(1, 2, 3))
    for (const port of [1, 2, 3]) {
      pool.eject(get(port), 1000)
      pool.lease(pickContext(), [])
    }
    pool.readmit(get(1))
    pool.readmit(get(2))
    pool.lease(pickContext(), [])
    expect(told).toEqual([true, false])
  })
})

describe('tiers', () => {
  it('leave the spare one alone while the first can take the load', () => {
    const { pool, offered, get } = pooling()
    pool.update([backup(8), backup(9), ...ports(1, 2, 3, 4)])
    expect(offered()).toEqual([1, 2, 3, 4])
    expect(pool.why(get(8))).toBe('other tier')
    pool.eject(get(1), 1000)
    expect(offered()).toEqual([2, 3, 4])
  })

  it('spill the load that the first cannot take', () => {
    const { pool, lists, get } = pooling()
    pool.update([...ports(1, 2), backup(8)])
    pool.eject(get(1), 1e9)
    const REQUESTS = 10_000
    for (let request = 0; request < REQUESTS; request++) pool.lease(pickContext(), [])!.end()
    const first = lists.filter(([endpoint]) => portOf(endpoint!) === 2).length
    // 1.4 * 1/2 of the load; five standard deviations, sqrt(0.7 * 0.3 / 10,000), are 0.023.
    expect(Math.abs(first / REQUESTS - 0.7)).toBeLessThan(0.023)
    expect(pool.why(get(8))).toBeUndefined()
  })

  it('hand all of it over when the first has nobody healthy', () => {
    const { pool, offered, get } = pooling()
    pool.update([...ports(1), backup(8), backup(9)])
    pool.eject(get(1), 1e9)
    expect([pool.panic, offered()]).toEqual([false, [8, 9]])
  })

  it('ask no chance while one of them takes all', () => {
    const random = () => {
      throw new Error('asked')
    }
    const { pool, offered } = pooling({ random })
    pool.update([...ports(1), backup(8)])
    expect(offered()).toEqual([1])
    expect(offered([...pool.endpoints].slice(0, 1))).toEqual([8])
  })

  it('go by whole numbers, the lowest first; anything else counts as 0', () => {
    const { pool } = pooling()
    const priorities = ['-1', undefined, '0', '2', 'high', '1.5', '', '99999999999']
    pool.update(
      priorities.map((priority, port) => at(port + 1, { metadata: priority === undefined ? {} : { priority } })),
    )
    expect(pool.candidates().map(({ tier }) => tier)).toEqual([-1, 0, 0, 2, 0, 0, 0, 0])
    expect(pool.offer.tiers.map(({ priority }) => priority)).toEqual([-1, 0, 2])
  })

  it('follow a priority that the registry changes', () => {
    const { pool, offered } = pooling()
    pool.update([...ports(1), backup(2)])
    pool.update([at(1, { metadata: { priority: '2' } }), backup(2)])
    expect(offered()).toEqual([2])
  })
})

describe('newcomers', () => {
  const probed = () => pooling({ probed: true })

  it('wait for their first probe, and are not counted till then', () => {
    const { pool, offered, get } = probed()
    pool.update(ports(1))
    pool.update(ports(1, 2, 3, 4))
    expect([pool.panic, offered()]).toEqual([false, [1]])
    expect(pool.why(get(2))).toBe('not probed yet')
    pool.verdict('10.0.0.1:2', true)
    expect(offered()).toEqual([1, 2])
    pool.verdict('10.0.0.1:3', false)
    expect(pool.why(get(3))).toBe('probe failed')
  })

  it('do not wait when they are all that there is', () => {
    const { pool, offered } = probed()
    pool.update(ports(1, 2))
    expect(offered()).toEqual([1, 2])
  })

  it('do not wait when nobody else is healthy', () => {
    const { pool, offered } = probed()
    pool.update(ports(1))
    pool.update(ports(1, 2))
    pool.verdict('10.0.0.1:1', false)
    expect(offered()).toEqual([2])
  })

  it('stay on offer once they were needed: the first of them that is probed does not get the load of all', () => {
    const { pool, offered } = probed()
    pool.update(ports(1, 2, 3))
    pool.verdict('10.0.0.1:1', true)
    expect(offered()).toEqual([1, 2, 3])
  })

  it('wait for nothing where there are no probes', () => {
    const { pool, offered } = pooling()
    pool.update(ports(1))
    pool.update(ports(1, 2))
    expect(offered()).toEqual([1, 2])
  })

  it('are probed again when they come back, or at another address', () => {
    const { pool, get } = probed()
    pool.update([at(1), at(2, { id: 'x' })])
    pool.verdict('x', true)
    pool.update([at(1), at(3, { id: 'x' })])
    expect(pool.why(get(3))).toBe('not probed yet')
    pool.update(ports(1))
    pool.update([at(1), at(3, { id: 'x' })])
    expect(pool.why(get(3))).toBe('not probed yet')
  })

  it('are also those that register anew', () => {
    const { pool, get } = probed()
    const registered = (ms: number) => [at(1, { registeredAt: ms }), at(2)]
    pool.update(registered(1))
    pool.verdict('10.0.0.1:1', true)
    pool.update(registered(1))
    expect(pool.why(get(1))).toBeUndefined()
    pool.update(registered(2))
    expect(pool.why(get(1))).toBe('not probed yet')
  })

  it('are no concern of verdicts about who is unknown', () => {
    const { pool, offered } = probed()
    pool.update(ports(1))
    pool.verdict('elsewhere', false)
    expect(offered()).toEqual([1])
  })
})

describe('the list that a strategy is given', () => {
  it('is the same until somebody joins or leaves it', () => {
    const { pool, offered, lists, get } = pooling({ probed: true })
    pool.update(ports(1, 2, 3))
    offered()
    pool.verdict('10.0.0.1:1', true)
    offered()
    expect(lists[1]).toBe(lists[0])
    pool.eject(get(1), 1000)
    offered()
    expect(lists[2]!.map(portOf)).toEqual([2, 3])
    expect(lists[0]!.map(portOf)).toEqual([1, 2, 3])
  })

  it('is another one when the registry changes an instance', () => {
    const { pool, offered, lists } = pooling()
    pool.update(ports(1, 2))
    offered()
    pool.update([at(1, { weight: 2 }), at(2)])
    offered()
    expect(lists[1]).not.toBe(lists[0])
  })

  it('is the same for all that have tried the same endpoint', () => {
    const { pool, offered, lists, get } = pooling()
    pool.update(ports(1, 2, 3))
    for (const tried of [[get(1)], [get(2)], [get(1)]]) offered(tried)
    expect(lists.map((list) => list.map(portOf))).toEqual([
      [2, 3],
      [1, 3],
      [2, 3],
    ])
    expect(lists[2]).toBe(lists[0])
  })
})

describe('one more try', () => {
  it('goes to the other tiers when its own is used up, then to those that are not fit', () => {
    const { pool, offered, get } = pooling()
    pool.update([...ports(1, 2, 3), backup(8)])
    pool.eject(get(3), 1e9)
    expect(offered([get(1)])).toEqual([2])
    expect(offered([get(1), get(2)])).toEqual([8])
    expect(offered([get(1), get(2), get(8)])).toEqual([3])
    expect(offered([get(1), get(2), get(8), get(3)])).toEqual([])
  })

  it('goes to nobody who is down, let go or draining', () => {
    const { pool, offered, get } = pooling()
    pool.update([at(1), at(2, { status: 'down' }), at(3, { status: 'draining' }), at(4)], ['10.0.0.1:4'])
    pool.letGo(get(4))
    expect(offered([get(1)])).toEqual([])
  })
})
