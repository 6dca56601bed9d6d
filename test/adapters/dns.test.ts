import { describe, expect, it, onTestFinished } from 'vitest'
import { dns } from '../../adapters/dns.ts'
import { adapterContract } from '../contract/index.ts'
import { subject } from '../support/adapter.ts'
import { answered, HOST, SRV } from '../support/dns-answered.ts'
import type { DnsRelay } from '../support/dns-relay.ts'
import { dnsHarness } from '../support/dns-rig.ts'
import { Dnsmasq } from '../support/dnsmasq.ts'
import { until } from '../support/until.ts'

describe('DNS, as an adapter', () => {
  for (const law of adapterContract(dns, dnsHarness)) it(law.name, law.run)
})

describe('SRV records', () => {
  it('have their weight, a small one instead of none, shared by the addresses of a target', async () => {
    const { follow } = await answered(SRV, [
      ...['a,1,0,4', 'b,2,0,0', 'c,3,0,6'].map((rest) => `srv-host=_http._tcp.one.test,${rest.replace(',', '.test,')}`),
      ...['a.test,10.0.0.1', 'b.test,10.0.0.2', 'c.test,10.0.0.3,fd00::3'].map((rest) => `host-record=${rest}`),
    ])
    const view = await follow().shows({ one: ['10.0.0.1:1', '10.0.0.2:2', '10.0.0.3:3', '[fd00::3]:3'] })
    expect(view.get('one')!.map(({ id, weight, layout }) => [id, weight, layout])).toEqual([
      ['10.0.0.1:1', 4, 'srv'],
      ['10.0.0.2:2', 0.1, 'srv'],
      ['10.0.0.3:3', 3, 'srv'],
      ['[fd00::3]:3', 3, 'srv'],
    ])
  })

  it('of the lowest priority count, until they have nobody', async () => {
    const priority = (first: string, second: string) => [
      `srv-host=_http._tcp.one.test,a.test,1,${first}`,
      `srv-host=_http._tcp.one.test,b.test,2,${second}`,
    ]
    const addresses = ['host-record=a.test,10.0.0.1', 'host-record=b.test,10.0.0.2']
    const { follow, turnTo } = await answered(SRV, [...priority('10', '20'), ...addresses])
    const following = follow()
    await following.shows({ one: ['10.0.0.1:1'] })
    await turnTo([...priority('20', '10'), ...addresses])
    await following.shows({ one: ['10.0.0.2:2'] })
    await turnTo([...priority('20', '10'), addresses[0]!])
    await following.shows({ one: ['10.0.0.1:1'] })
  })

  it('that say that there is no such service are none', async () => {
    const { follow, warnings } = await answered(SRV, ['srv-host=_http._tcp.one.test'])
    await follow().shows({ one: [] })
    expect(warnings).toEqual([])
  })

  it.each([
    [
      'a target without an address',
      ['srv-host=_http._tcp.one.test,nobody.test,80'],
      'nobody.test:80',
      'nobody.test has no address',
    ],
    [
      'port 0',
      ['srv-host=_http._tcp.one.test,b.test,0', 'host-record=b.test,10.0.0.2'],
      'b.test:0',
      'port 0 is not between 1 and 65535',
    ],
    [
      'an address that is registered already',
      ['srv-host=_http._tcp.one.test,b.test,80', 'host-record=b.test,10.0.0.1'],
      'b.test:80',
      '10.0.0.1:80 is registered twice',
    ],
  ] as const)('with %s are left out with one warning; their neighbours stay', async (_what, lines, place, reason) => {
    const good = ['srv-host=_http._tcp.one.test,a.test,80', 'host-record=a.test,10.0.0.1']
    const { follow, adapter, warnings, relay, turnTo } = await answered(SRV, [...good, ...lines])
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80'] })
    await until('ten more questions', () => relay.asked.length > 30)
    const [told, ...others] = [...adapter.leftOut!()]
    expect(told).toEqual({ place: expect.stringMatching(/^_http._tcp.one.test /), reason })
    expect(told!.place.split(' ')[1]).toMatch(place)
    expect(others).toEqual([])
    expect(warnings).toEqual([`${told!.place} left out: ${reason}`])
    await turnTo(good)
    await until('nothing is left out', () => [...adapter.leftOut!()].length === 0)
  })

  it('that do not fit into a packet come by TCP', async () => {
    const lines = Array.from({ length: 200 }, (_, at) => `srv-host=_http._tcp.one.test,a.test,${at + 1}`)
    const dnsmasq = await Dnsmasq.start([...lines, 'host-record=a.test,10.0.0.1'])
    onTestFinished(() => dnsmasq.kill())
    const { follow } = await subject(dns, { services: SRV, servers: [dnsmasq.address] })
    await follow().shows({ one: lines.map((_, at) => `10.0.0.1:${at + 1}`) })
  })
})

describe('ten thousand instances', () => {
  it('are all that a service has', async () => {
    const ports = Array.from({ length: 101 }, (_, at) => `srv-host=_http._tcp.one.test,a.test,${at + 100}`)
    const addresses = Array.from({ length: 100 }, (_, at) => `host-record=a.test,10.0.0.${at + 1}`)
    const dnsmasq = await Dnsmasq.start([...ports, ...addresses])
    onTestFinished(() => dnsmasq.kill())
    const { follow, warnings } = await subject(dns, { services: SRV, servers: [dnsmasq.address] })
    const view = await follow().until((view) => view.get('one')!.length > 0)
    expect(view.get('one')).toHaveLength(10_000)
    expect(warnings).toEqual(['_http._tcp.one.test a.test:200 left out: the service has more than 10000 instances'])
  })
})

describe('addresses of a name', () => {
  it('are instances on the port that the options say, of both families or of one', async () => {
    const lines = ['host-record=one.test,10.0.0.1,fd00::1', 'host-record=one.test,10.0.0.2']
    const { follow, relay } = await answered(HOST, lines)
    await follow().shows({ one: ['10.0.0.1:80', '10.0.0.2:80', '[fd00::1]:80'] })
    for (const [family, ids] of [
      [4, ['10.0.0.1:80', '10.0.0.2:80']],
      [6, ['[fd00::1]:80']],
    ] as const) {
      const { follow } = await subject(dns, { services: HOST, servers: [relay.address], family })
      await follow().shows({ one: ids })
    }
  })

  it('are one instance by name when it is reached over TLS', async () => {
    const { follow } = await answered({ one: { ...HOST.one, port: 443, tls: true } }, [
      'host-record=one.test,10.0.0.1,fd00::1',
    ])
    const view = await follow().shows({ one: ['one.test:443'] })
    expect(view.get('one')![0]).toMatchObject({ host: 'one.test', tls: true, weight: 1 })
  })

  it('in another order are no change', async () => {
    const lines = ['1', '2', '3', '4'].map((last) => `host-record=one.test,10.0.0.${last}`)
    const { follow, relay } = await answered(HOST, lines)
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80', '10.0.0.4:80'] })
    await until('many questions', () => relay.asked.length > 30)
    expect(following.views).toHaveLength(1)
  })
})

describe('the time to live', () => {
  const services = { long: { host: 'long.test', port: 80 }, short: { host: 'short.test', port: 80 } }
  const lines = ['host-record=long.test,10.0.0.1,3600', 'host-record=short.test,10.0.0.2,0']
  const count = ({ asked }: DnsRelay, name: string) => asked.filter((one) => one === name).length

  it('is waited for', async () => {
    const { follow, relay } = await answered(services, lines, { refresh: { min: '20ms', max: '1h' } })
    await follow().shows({ long: ['10.0.0.1:80'], short: ['10.0.0.2:80'] })
    await until('the short one ten times', () => count(relay, 'short.test') >= 20)
    expect(count(relay, 'long.test')).toBe(2) // A and AAAA
  })

  it('is bounded by the options', async () => {
    const { follow, relay } = await answered(services, lines, { refresh: { min: '100ms', max: '100ms' } })
    await follow().shows({ long: ['10.0.0.1:80'], short: ['10.0.0.2:80'] })
    await until('the long one five times', () => count(relay, 'long.test') >= 10)
    expect(Math.abs(count(relay, 'short.test') - count(relay, 'long.test'))).toBeLessThanOrEqual(2)
  })
})

describe('options', () => {
  it.each([
    [{ services: {} }, 'needs at least one service'],
    [{ services: { one: {} } }, 'needs either srv, or host and port'],
    [{ services: { one: { ...SRV.one, ...HOST.one } } }, 'needs either srv, or host and port'],
    [{ services: { one: { srv: '_http._tcp.one.test', port: 80 } } }, 'needs either srv, or host and port'],
    [{ services: { one: { host: 'one.test' } } }, 'needs either srv, or host and port'],
    [{ services: { one: { host: '10.0.0.1', port: 80 } } }, 'is an address, which needs no DNS'],
    [{ services: { 'no service': HOST.one } }, 'Invalid key'],
    [{ services: HOST, servers: ['dns.test'] }, 'an address with or without a port'],
    [{ services: HOST, refresh: { min: '2s', max: '1s' } }, 'min must be at most max'],
  ])('like %j are refused', async (options, reason) => {
    await expect(subject(dns, options)).rejects.toThrow(reason)
  })
})
