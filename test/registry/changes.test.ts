import { expect, it } from 'vitest'
import { instance, type RegistryView, SharedView } from '../../src/plugin/index.ts'
import { changesOf, sameInstances } from '../../src/registry/changes.ts'
import { view } from '../contract/index.ts'

const before = view({ kept: ['10.0.0.1:80'], moved: ['10.0.0.2:80'], gone: ['10.0.0.3:80'] })
const moved = view({ moved: ['10.0.0.4:80'] }).get('moved')!
const changes = (a: RegistryView, b: RegistryView) => [...changesOf(a, b)].sort()

it('names what changed and what left, and nothing else', () => {
  const after = new Map(before)
  after.delete('gone')
  after.set('moved', moved)
  expect(changes(before, after)).toEqual([
    ['gone', undefined],
    ['moved', moved],
  ])
})

it('finds the same between views that share, and between one that does and one that does not', () => {
  const shared = SharedView.empty.with(before)
  const after = shared.with([
    ['moved', moved],
    ['gone', undefined],
  ])
  expect(changes(shared, after)).toEqual(changes(before, new Map(after)))
  expect(changes(before, after)).toEqual(changes(shared, after))
  expect(changes(shared, shared)).toEqual([])
})

it('tells a service that became empty from one that left', () => {
  expect(changes(view({ a: ['10.0.0.1:80'] }), view({ a: [] }))).toEqual([['a', []]])
  expect(changes(view({ a: [] }), view({}))).toEqual([['a', undefined]])
})

it('takes lists of new objects with the same content for the same', () => {
  const one = (fields = {}) => [instance({ host: '10.0.0.1', port: 80, metadata: { a: '1' }, ...fields })]
  expect(sameInstances(one(), one())).toBe(true)
  for (const fields of [{ weight: 2 }, { zone: 'a' }, { metadata: { a: '2' } }, { registeredAt: 1 }, { tls: true }])
    expect(sameInstances(one(), one(fields))).toBe(false)
  expect(sameInstances(one(), [])).toBe(false)
  expect(sameInstances(undefined, [])).toBe(false)
})
