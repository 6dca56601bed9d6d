import { describe, expect, it } from 'vitest'
import { instance, registration } from '../../../../src/plugin/index.ts'
import { but, one, usual } from './reading.ts'
import { samples } from './samples.ts'

const { portolan } = samples

it('reads every field', () => {
  expect(one('portolan', portolan)).toEqual({
    id: '10.0.0.1:8443',
    host: '10.0.0.1',
    port: 8443,
    tls: true,
    weight: 100,
    zone: 'eu-1a',
    status: 'up',
    metadata: { version: '3' },
    layout: 'portolan',
  })
})

it('needs none of them', () => {
  for (const data of [null, '', '{}'])
    expect(one('portolan', { name: 'a:80', data })).toEqual(
      instance({ host: 'a', port: 80, ...usual, layout: 'portolan' } as never),
    )
})

it('reads what Portolan writes', () => {
  const full = instance({
    host: '::1',
    port: 80,
    weight: 2.5,
    zone: 'b',
    status: 'draining',
    metadata: { weight: '7' },
  })
  expect(one('portolan', { name: full.id, data: registration(full) })).toEqual({ ...full, layout: 'portolan' })
})

it('takes the version from the metadata key that is wanted', () => {
  const { metadata } = one('portolan', but(portolan, { metadata: { build: '7' } }), { metadata: { version: 'build' } })
  expect(metadata).toEqual({ build: '7', version: '7' })
})

describe('refuses, saying what is wrong,', () => {
  it.each([
    [{ weight: 'heavy' }, 'weight "heavy" is not a number'],
    [{ weight: 0 }, 'weight 0 is not between 0 and 1000000'],
    [{ zone: ['a'] }, 'zone a list is not a text'],
    [{ status: 0 }, 'status 0 is not a text'],
  ])('%j', (fields, message) => {
    expect(() => one('portolan', but(portolan, fields))).toThrow(message)
  })

  it.each([
    ['no JSON', { name: 'a:1', data: 'garbage' }, 'the data "garbage" is not a JSON object'],
    ['a name that is no address', { ...portolan, name: 'a' }, '"a" is not an address'],
  ])('%s', (_what, sample, message) => {
    expect(() => one('portolan', sample)).toThrow(message)
  })
})
