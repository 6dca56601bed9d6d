import { expect, it } from 'vitest'
import { but, one, usual } from './reading.ts'
import { samples } from './samples.ts'

const spring = samples['spring-cloud']

it('takes address and port, and the metadata of the payload', () => {
  expect(one('spring-cloud', spring)).toEqual({
    id: 'DESKTOP-26GC398:8005',
    host: 'DESKTOP-26GC398',
    port: 8005,
    layout: 'spring-cloud',
    registeredAt: 1610116500446,
    ...usual,
    metadata: { instance_status: 'UP' },
  })
})

it.each([
  ['UP', 'up'],
  ['up', 'up'],
  ['', 'up'],
  [undefined, 'up'],
  ['OUT_OF_SERVICE', 'down'],
  ['DOWN', 'down'],
  ['UNREGISTERED', 'down'],
  ['draining', 'draining'],
])('reads the status %j as %s', (word, status) => {
  expect(one('spring-cloud', saying({ instance_status: word })).status).toBe(status)
})

it('takes weight, zone and version from the metadata keys that are wanted', () => {
  const metadata = { capacity: '3', az: 'b', build: '7' }
  const asked = { metadata: { weight: 'capacity', zone: 'az', version: 'build' } }
  const expected = { weight: 3, zone: 'b', metadata: { ...metadata, version: '7' } }
  expect(one('spring-cloud', saying(metadata), asked)).toMatchObject(expected)
})

it('speaks TLS to the port for it', () => {
  expect(one('spring-cloud', but(spring, { sslPort: 8443 }))).toMatchObject({ port: 8443, tls: true })
})

it('needs no payload', () => {
  expect(one('spring-cloud', but(spring, { payload: null }))).toMatchObject(usual)
})

const saying = (metadata: object) => but(spring, { payload: { ...JSON.parse(spring.data).payload, metadata } })
