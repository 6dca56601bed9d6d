import { expect, it } from 'vitest'
import { but, one, read } from './reading.ts'
import { samples } from './samples.ts'

const { kratos } = samples
const at = (...endpoints: unknown[]) => but(kratos, { endpoints })

it('takes the endpoint over HTTP, and the version', () => {
  expect(one('kratos', kratos)).toEqual({
    id: '127.0.0.1:8000',
    host: '127.0.0.1',
    port: 8000,
    layout: 'kratos',
    tls: false,
    weight: 1,
    status: 'up',
    metadata: { version: 'v1' },
  })
})

it('takes the scheme that is named', () => {
  expect(one('kratos', kratos, { port: 'grpc' }).port).toBe(9000)
  expect(() => one('kratos', kratos, { port: 'ws' })).toThrow('no endpoint "ws"; there are: http, grpc')
  expect(() => one('kratos', at('grpc://a:1'))).toThrow('no endpoint "http"; there are: grpc')
  expect(() => one('kratos', at())).toThrow('no endpoint "http"; there is none')
})

it.each([
  ['http://a:1?isSecure=true', { port: 1, tls: true }],
  ['https://a:1', { port: 1, tls: true }],
  ['http://[::1]:1', { id: '[::1]:1', tls: false }],
  ['http://a', { port: 80 }],
])('reads %s', (url, expected) => {
  expect(one('kratos', at(url))).toMatchObject(expected)
})

it('takes the first of a scheme', () => {
  expect(one('kratos', at('http://a:1', 'http://b:2')).id).toBe('a:1')
})

it('takes weight and zone from the metadata', () => {
  const metadata = { weight: '10', zone: 'a' }
  expect(one('kratos', but(kratos, { metadata }))).toMatchObject({ weight: 10, zone: 'a' })
})

it('is not hurt by an endpoint that cannot be read', () => {
  const { instances, broken } = read('kratos', at(':9000', 7, 'http://a:1'))
  expect(instances.map(({ id }) => id)).toEqual(['a:1'])
  expect(broken).toEqual([
    'endpoints[0]: ":9000" is not a URL; it looks like "http://10.0.0.1:8080"',
    'endpoints[1]: 7 is not a URL; it looks like "http://10.0.0.1:8080"',
  ])
  expect(() => read('kratos', but(kratos, { endpoints: 'http://a:1' }))).toThrow('"endpoints" is not a list')
})
