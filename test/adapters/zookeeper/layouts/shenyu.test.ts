import { expect, it } from 'vitest'
import { but, one, usual } from './reading.ts'
import { samples } from './samples.ts'

const { shenyu } = samples

it('takes host, port and weight', () => {
  const expected = { id: '10.0.0.4:8189', host: '10.0.0.4', port: 8189, layout: 'shenyu', ...usual, weight: 50 }
  expect(one('shenyu', shenyu)).toEqual(expected)
})

it('takes an address for a host', () => {
  expect(one('shenyu', but(shenyu, { host: undefined, address: 'a' })).id).toBe('a:8189')
})

it('speaks TLS when its URI does', () => {
  expect(one('shenyu', but(shenyu, { uri: 'https://10.0.0.4:8189' })).tls).toBe(true)
  for (const uri of [undefined, null, 'http://https:80']) expect(one('shenyu', but(shenyu, { uri })).tls).toBe(false)
})

it('gives no new work to a weight of 0', () => {
  expect(one('shenyu', but(shenyu, { weight: 0 })).status).toBe('draining')
})

it('does not read the status', () => {
  for (const status of [0, 1, 2]) expect(one('shenyu', but(shenyu, { status })).status).toBe('up')
})
