import { describe, expect, it } from 'vitest'
import { layouts } from '../../adapters/zookeeper/layouts/index.ts'
import { options } from '../../adapters/zookeeper/options.ts'

const { auto, plain, registrator } = layouts
const data = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const shared = { status: 'up', weight: 1, tls: false, metadata: {} }

describe('the plain layout', () => {
  it('takes host and port from the name, whatever the data', () => {
    const expected = { id: '10.18.29.43:32768', host: '10.18.29.43', port: 32768, ...shared }
    for (const any of [undefined, data(''), data('garbage'), data('{"weight":3}'), Buffer.from([0xff, 0])])
      expect(plain('10.18.29.43:32768', any)).toEqual(expected)
  })

  it('takes an IPv6 address in brackets, and a host name', () => {
    expect(plain('[2001:db8::1]:80', undefined)).toMatchObject({
      id: '[2001:db8::1]:80',
      host: '2001:db8::1',
      port: 80,
    })
    expect(plain('web-1.example:80', undefined)).toMatchObject({ host: 'web-1.example', port: 80 })
  })

  it.each(['', '10.0.0.1', '10.0.0.1:', ':80', '10.0.0.1:x', '10.0.0.1:70000', '::1:80', '[::1]', '[a b]:80', 'a:1:2'])(
    'refuses the name %j',
    (name) => {
      expect(() => plain(name, undefined)).toThrow(TypeError)
    },
  )
})

describe('the registrator layout', () => {
  const www = {
    Name: 'www',
    IP: '192.168.1.123',
    PublicPort: 49153,
    PrivatePort: 80,
    ContainerID: '9124853ff0d1',
    Tags: [],
    Attrs: {},
  }

  it('takes address and port from the data', () => {
    const expected = { id: '192.168.1.123:49153', host: '192.168.1.123', port: 49153, ...shared }
    expect(registrator('192.168.1.123:49153', data(www))).toEqual(expected)
    expect(registrator('elsewhere:1', data(www))).toEqual(expected)
  })

  it('takes no tags and no attributes for none', () => {
    expect(registrator('', data({ ...www, Tags: null, Attrs: null }))).toMatchObject(shared)
  })

  it('takes weight, zone and tls from the attributes, which are the metadata', () => {
    const Attrs = { weight: '2.5', zone: 'eu-1a', tls: 'true', version: '3' }
    const expected = { weight: 2.5, zone: 'eu-1a', tls: true, metadata: Attrs }
    expect(registrator('', data({ ...www, Attrs }))).toMatchObject(expected)
  })

  it.each([
    ['no JSON', 'garbage'],
    ['no object', '[]'],
    ['no data', ''],
    ['no address', { ...www, IP: '' }],
    ['no port', { ...www, PublicPort: null }],
    ['a port in quotes', { ...www, PublicPort: '80' }],
    ['a weight that is no number', { ...www, Attrs: { weight: 'heavy' } }],
  ])('refuses %s', (_what, value) => {
    expect(() => registrator('10.0.0.1:80', data(value))).toThrow()
  })
})

describe('the automatic layout', () => {
  it('chooses by the data', () => {
    const registration = data({ IP: '10.0.0.9', PublicPort: 90, Attrs: { zone: 'a' } })
    expect(auto('10.0.0.1:80', registration)).toMatchObject({ id: '10.0.0.9:90', zone: 'a' })
    for (const other of [undefined, data(''), data('{'), data('null'), data('[1]'), data('{"weight":100}')])
      expect(auto('10.0.0.1:80', other).id).toBe('10.0.0.1:80')
  })
})

describe('the options', () => {
  it('have defaults but for the hosts', () => {
    expect(options.parse({ hosts: ['zoo1:2181', '[::1]:2181'] })).toEqual({
      hosts: [
        { host: 'zoo1', port: 2181 },
        { host: '::1', port: 2181 },
      ],
      root: '/services',
      services: ['*'],
      nested: false,
      layout: 'auto',
      metadata: { weight: 'weight', zone: 'zone', version: 'version', status: 'status' },
      sessionTimeout: 30_000,
      connectTimeout: 3_000,
    })
  })

  it('take the hosts as one string', () => {
    const hosts = [
      { host: 'zoo1', port: 2181 },
      { host: 'zoo2', port: 2182 },
    ]
    expect(options.parse({ hosts: 'zoo1:2181, zoo2:2182' }).hosts).toEqual(hosts)
  })

  it.each([
    [{}, 'hosts'],
    [{ hosts: [] }, 'at least one'],
    [{ hosts: ['zoo1'] }, '"zoo1" is not an address; write "10.0.0.1:2181" or "[::1]:2181"'],
    [{ hosts: 'zoo1:99999' }, 'not between 1 and 65535'],
    [{ hosts: 'zoo1:1', root: 'services' }, '/services'],
    [{ hosts: 'zoo1:1', root: '/services/' }, '/services'],
    [{ hosts: 'zoo1:1', layout: 'curator' }, 'layout'],
    [{ hosts: 'zoo1:1', sessionTimeout: '30' }, 'has no unit'],
    [{ hosts: 'zoo1:1', connectTimeout: 0 }, 'more than 0'],
    [{ hosts: 'zoo1:1', host: 'a' }, 'Unrecognized key'],
  ])('refuse %j', (written, message) => {
    const { error } = options.safeParse(written)
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1))
  })
})
