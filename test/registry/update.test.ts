import { expect, it } from 'vitest'
import { difference, fullUpdate } from '../../src/registry/update.ts'
import { view } from '../contract/index.ts'

it('names what changed and what left, and nothing else', () => {
  const before = view({ kept: ['10.0.0.1:80'], moved: ['10.0.0.2:80'], gone: ['10.0.0.3:80'] })
  const after = new Map(before)
  after.delete('gone')
  const moved = view({ moved: ['10.0.0.4:80'] }).get('moved')!
  after.set('moved', moved!)
  expect(difference(before, after)).toEqual({ full: false, services: [['moved', moved]], removed: ['gone'] })
})

it('finds no change in lists that are new objects with the same content', () => {
  expect(difference(view({ a: ['10.0.0.1:80'] }), view({ a: ['10.0.0.1:80'] }))).toBeUndefined()
})

it('tells a service that became empty from one that left', () => {
  expect(difference(view({ a: ['10.0.0.1:80'] }), view({ a: [] }))).toEqual({
    full: false,
    services: [['a', []]],
    removed: [],
  })
  expect(difference(view({ a: [] }), view({}))).toEqual({ full: false, services: [], removed: ['a'] })
})

it('survives the channel between processes', () => {
  const update = fullUpdate(view({ a: ['10.0.0.1:80'], b: [] }))
  expect(JSON.parse(JSON.stringify(update))).toEqual(update)
})
