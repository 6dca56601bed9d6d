import { describe, expect, it } from 'vitest'
import { answered, HOST, SRV } from '../support/dns-answered.ts'
import { until } from '../support/until.ts'

describe('a name without an answer', () => {
  const services = { one: { host: 'one.test', port: 80 }, two: { host: 'two.test', port: 80 } }
  const lines = (two: string) => ['host-record=one.test,10.0.0.1', `host-record=two.test,10.0.0.${two}`]

  it.each(['refused', 'lost'] as const)(
    'that is %s keeps its last one, with one warning each time',
    { timeout: 60_000 },
    async (how) => {
      const { follow, relay, turnTo, warnings } = await answered(services, lines('2'), { timeout: '300ms', tries: 2 })
      const following = follow()
      await following.shows({ one: ['10.0.0.1:80'], two: ['10.0.0.2:80'] })
      for (const [round, last] of [
        [1, '3'],
        [2, '4'],
      ] as const) {
        relay[how] = (name) => name === 'one.test'
        await turnTo(lines(last).slice(1))
        await following.shows({ one: ['10.0.0.1:80'], two: [`10.0.0.${last}:80`] })
        await until('the warning', () => warnings.length === round)
        const before = relay.asked.length
        await until('many questions', () => relay.asked.length > before + 10)
        expect(warnings).toHaveLength(round)
        relay[how] = undefined
        await following.shows({ one: [], two: [`10.0.0.${last}:80`] })
        await turnTo(lines(last))
        await following.shows({ one: ['10.0.0.1:80'], two: [`10.0.0.${last}:80`] })
      }
      expect(warnings[0]).toMatch(/^one keeps its last answer: query(A|Aaaa) E(SERVFAIL|TIMEOUT) one\.test$/)
      expect(following.error).toBeUndefined()
    },
  )

  it('at first has nobody, and does not keep the others waiting', async () => {
    const { follow, relay } = await answered(services, lines('2'))
    relay.refused = (name) => name === 'one.test'
    const following = follow()
    await following.shows({ one: [], two: ['10.0.0.2:80'] })
    relay.refused = undefined
    await following.shows({ one: ['10.0.0.1:80'], two: ['10.0.0.2:80'] })
  })

  it('is a failure when there is no other, and not a warning', async () => {
    const { follow, relay, warnings } = await answered(services, lines('2'))
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80'], two: ['10.0.0.2:80'] })
    relay.refused = () => true
    expect((await following.failure()).message).toMatch(/^no answer from DNS: query(A|Aaaa) ESERVFAIL (one|two)\.test$/)
    expect(warnings.length).toBeLessThan(2)
  })

  it('because its target has none keeps all of its last one', async () => {
    const srv = ['srv-host=_http._tcp.one.test,a.test,1', 'srv-host=_http._tcp.one.test,b.test,2']
    const { follow, relay } = await answered({ ...SRV, two: services.two }, [
      ...srv,
      ...['host-record=a.test,10.0.0.1', 'host-record=b.test,10.0.0.2', 'host-record=two.test,10.0.0.3'],
    ])
    const following = follow()
    await following.shows({ one: ['10.0.0.1:1', '10.0.0.2:2'], two: ['10.0.0.3:80'] })
    relay.refused = (name) => name === 'a.test'
    const before = relay.asked.length
    await until('many questions', () => relay.asked.length > before + 30)
    expect(following.views).toHaveLength(1)
  })
})

describe('the questions', () => {
  it('are few at a time', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `s${at}`)
    const services = Object.fromEntries(names.map((name) => [name, { host: `${name}.test`, port: 80 }]))
    const { follow, relay } = await answered(
      services,
      names.map((name) => `host-record=${name}.test,10.0.0.1`),
    )
    await follow().shows(Object.fromEntries(names.map((name) => [name, ['10.0.0.1:80']])))
    expect(relay.most).toBeGreaterThan(1)
    expect(relay.most).toBeLessThanOrEqual(16)
  })

  it('are given up by an abort', async () => {
    const { follow, relay } = await answered(HOST, [], { timeout: '20s' })
    relay.lost = () => true
    const following = follow()
    await until('a question', () => relay.asked.length > 0)
    await following.stop()
    expect(following.views).toEqual([])
  })
})
