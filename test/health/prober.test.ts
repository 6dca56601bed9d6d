import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { one, probing, told } from './probing.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

describe('verdicts', () => {
  it('come with the first probe, whatever it says, and then only on change', async () => {
    const { prober, ill, verdicts, pass } = probing()
    ill.add('b')
    prober.apply(told('s', one('a'), one('b')))
    await pass(20_000)
    expect(verdicts).toEqual([
      ['s', 'a', true],
      ['s', 'b', false],
    ])
    expect([...prober.verdicts()]).toEqual(verdicts)
  })

  it('take as many failures in a row, and then as many successes, as is set', async () => {
    const { prober, ill, verdicts, pass } = probing({ intervalMs: 1000, rise: 2, fall: 3 })
    prober.apply(told('s', one('a')))
    const probes = async (health: string) => {
      for (const sign of health) {
        if (sign === '-') ill.add('a')
        else ill.delete('a')
        await pass(1000)
      }
    }
    await pass(500)
    await probes('--+--+--')
    expect(verdicts).toEqual([['s', 'a', true]])
    await probes('-')
    expect(verdicts).toEqual([
      ['s', 'a', true],
      ['s', 'a', false],
    ])
    await probes('+-+-+')
    expect(verdicts).toHaveLength(2)
    await probes('+')
    expect(verdicts[2]).toEqual(['s', 'a', true])
  })

  it('are logged: who fails and why, and who passes again', async () => {
    const { prober, ill, pass, context } = probing()
    prober.apply(told('s', one('a')))
    await pass(1000)
    ill.add('a')
    await pass(10_000)
    ill.delete('a')
    await pass(10_000)
    const entries = context.entries.filter(({ level }) => level !== 'debug')
    expect(entries).toEqual([
      {
        level: 'warn',
        fields: { service: 's', instance: 'a', reason: 'status 503' },
        message: 'an instance fails its probes',
      },
      { level: 'info', fields: { service: 's', instance: 'a' }, message: 'an instance passes its probes again' },
    ])
  })

  it('are kept when a registry changes what does not make it another process', async () => {
    const { prober, verdicts, pass } = probing()
    prober.apply(told('s', one('a', { registeredAt: 1 })))
    await pass(1000)
    prober.apply(told('s', one('a', { registeredAt: 1, weight: 5, status: 'draining' })))
    await pass(20_000)
    expect(verdicts).toEqual([['s', 'a', true]])
    expect(prober.target('s', 'a')!.instance.weight).toBe(5)
  })

  for (const [what, fields] of Object.entries({
    'has another address': { host: '10.0.0.9' },
    'has another port': { port: 81 },
    'is called otherwise': { tls: true },
    'has registered anew': { registeredAt: 2 },
  }))
    it(`begin anew when an instance ${what}`, async () => {
      const { prober, verdicts, timesOf, pass } = probing()
      prober.apply(told('s', one('a', { registeredAt: 1 })))
      await pass(1000)
      prober.apply({ services: [{ name: 's', instances: [one('a', fields)], gone: [] }], removed: [], complete: true })
      expect(prober.target('s', 'a')!.state).toBe('unknown')
      await pass(1000)
      expect(timesOf('a')).toEqual([0, 1000])
      expect(verdicts).toEqual([
        ['s', 'a', true],
        ['s', 'a', true],
      ])
    })

  it('of a probe that runs while the instance leaves, or becomes another, count for nothing', async () => {
    const { prober, ill, verdicts, waiting, state, pass } = probing()
    state.hangs = true
    ill.add('a')
    prober.apply(told('s', one('a'), one('b')))
    await pass(10)
    prober.apply(told('s', one('a', { port: 81 })))
    for (const go of waiting.splice(0)) go()
    await pass(10)
    expect(verdicts).toEqual([])
  })
})

it('forgets who has left, alone or with the service, and tells of nobody who is down', async () => {
  const { prober, timesOf, pass } = probing()
  prober.apply(told('s', one('a'), one('b'), one('c')))
  await pass(1000)
  prober.apply({ services: [{ name: 's', instances: [], gone: ['a'] }], removed: [], complete: true })
  prober.apply(told('s', one('b'), one('c', { status: 'down' })))
  await pass(10_000)
  expect(['a', 'b', 'c'].map((id) => timesOf(id).length)).toEqual([1, 3, 1])
  expect([...prober.verdicts()]).toEqual([['s', 'b', true]])
  prober.apply({ services: [], removed: ['s'], complete: true })
  await pass(10_000)
  expect(timesOf('b')).toHaveLength(3)
  expect([...prober.verdicts()]).toEqual([])
  expect([...prober.tallies()]).toEqual([])
})

it('tells of each probe of one that is down, so that who is only kept can be let go', async () => {
  const { prober, ill, failing, pass } = probing()
  ill.add('a')
  prober.apply(told('s', one('a'), one('b')))
  await pass(2500)
  expect(failing).toEqual(['a', 'a', 'a'])
})

it('counts what its probes came to, by service', async () => {
  const { prober, ill, pass } = probing()
  ill.add('b')
  prober.apply(told('s', one('a'), one('b')))
  prober.apply(told('t', one('a')))
  await pass(2500)
  expect([...prober.tallies()]).toEqual([
    { service: 's', passed: 1, failed: 3, healthy: 1, unhealthy: 1 },
    { service: 't', passed: 1, failed: 0, healthy: 1, unhealthy: 0 },
  ])
})
