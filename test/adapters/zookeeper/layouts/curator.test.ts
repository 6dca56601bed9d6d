import { expect, it } from 'vitest'
import { but, one, usual } from './reading.ts'
import { samples } from './samples.ts'

const { curator } = samples

it('takes address and port, and the payload as metadata', () => {
  expect(one('curator', curator)).toEqual({
    id: '10.20.30.40:1234',
    host: '10.20.30.40',
    port: 1234,
    layout: 'curator',
    registeredAt: 1325129459728,
    ...usual,
    metadata: { payload: 'From Test' },
  })
  expect(one('curator', but(curator, { payload: null })).metadata).toEqual({})
})

it.each([null, 0, 1325129459, 'soon', 1e300])(
  'leaves the time of registration to the znode when it is told as %j',
  (registrationTimeUTC) => {
    expect(one('curator', but(curator, { registrationTimeUTC }))).not.toHaveProperty('registeredAt')
  },
)

it('takes the fields of a payload that has some', () => {
  const payload = { weight: 3, zone: 'b', tags: ['x'], none: null }
  const expected = { weight: 3, zone: 'b', metadata: { weight: '3', zone: 'b', tags: '["x"]' } }
  expect(one('curator', but(curator, { payload }))).toMatchObject(expected)
})

it('speaks TLS to the port for it, when there is one', () => {
  for (const port of [1234, null])
    expect(one('curator', but(curator, { port, sslPort: 8443 }))).toMatchObject({ port: 8443, tls: true })
})

it('takes the port that is named', () => {
  const both = but(curator, { sslPort: 8443 })
  expect(one('curator', both, { port: 'port' })).toMatchObject({ port: 1234, tls: false })
  expect(one('curator', both, { port: 'sslPort' })).toMatchObject({ port: 8443, tls: true })
  expect(() => one('curator', curator, { port: 'sslPort' })).toThrow('no endpoint "sslPort"; there are: port')
})

it('is down when it says that it is not enabled', () => {
  expect(one('curator', but(curator, { enabled: false })).status).toBe('down')
  expect(one('curator', but(curator, { enabled: true })).status).toBe('up')
})

it('may be at a host name, but must be somewhere', () => {
  expect(one('curator', but(curator, { address: 'web-1' })).id).toBe('web-1:1234')
  expect(() => one('curator', but(curator, { address: null }))).toThrow('host null')
  expect(() => one('curator', but(curator, { port: null }))).toThrow('neither "port" nor "sslPort" is set')
})
