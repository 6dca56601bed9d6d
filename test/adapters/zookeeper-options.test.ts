import { describe, expect, it } from 'vitest'
import { options } from '../../adapters/zookeeper/options.ts'

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
    [{ hosts: ['zoo1:'] }, '"zoo1:" is not an address; write "zoo1:2181"'],
    [{ hosts: 'zoo1:99999' }, 'not between 1 and 65535'],
    [{ hosts: 'zoo1:1', root: 'services' }, '/services'],
    [{ hosts: 'zoo1:1', root: '/services/' }, '/services'],
    [{ hosts: 'zoo1:1', services: [] }, 'at least one name or pattern'],
    [{ hosts: 'zoo1:1', services: ['a/b'] }, 'the name of a service, or a pattern'],
    [{ hosts: 'zoo1:1', metadata: { wieght: 'w' } }, 'Unrecognized key'],
    [{ hosts: 'zoo1:1', layout: 'eureka' }, 'layout'],
    [{ hosts: 'zoo1:1', sessionTimeout: '30' }, 'has no unit'],
    [{ hosts: 'zoo1:1', connectTimeout: 0 }, 'more than 0'],
    [{ hosts: 'zoo1:1', host: 'a' }, 'Unrecognized key'],
  ])('refuse %j', (written, message) => {
    const { error } = options.safeParse(written)
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1))
  })
})
