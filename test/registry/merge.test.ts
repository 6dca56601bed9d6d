import { expect, it } from 'vitest'
import { instance } from '../../src/plugin/index.ts'
import { merged, type Part } from '../../src/registry/merge.ts'
import { view } from '../contract/index.ts'

const [A, B] = ['10.0.0.1:80', '10.0.0.2:80'] as const
const list = (...addresses: string[]) => view({ a: addresses }).get('a')!

function part(
  name: string,
  addresses: readonly string[] | undefined,
  fields: Partial<Part> = {},
  held: string[] = [],
): Part {
  const served = addresses && { instances: list(...addresses), held, absent: false }
  return { name, merge: 'union', served, ...fields }
}

const ids = (...parts: Part[]) => merged(parts)?.instances.map(({ id }) => id)

it('joins what several registries say of a service, in their order', () => {
  expect(ids(part('one', [B]), part('two', [A]))).toEqual([B, A])
  expect(ids(part('one', undefined), part('two', [A]))).toEqual([A])
  expect(ids(part('one', []), part('two', []))).toEqual([])
  expect(ids(part('one', undefined), part('two', undefined))).toBeUndefined()
})

it('hands on what one registry alone says as it is', () => {
  const only = part('one', [A])
  expect(merged([only, part('two', undefined)])).toBe(only.served)
})

it('takes an instance that two registries name for one, of which the first has the say', () => {
  const weighty = { instances: [{ ...list(A)[0]!, weight: 5 }], held: [], absent: false }
  const { instances } = merged([part('one', [A], { served: weighty }), part('two', [A, B])])!
  expect(instances.map(({ id, weight }) => [id, weight])).toEqual([
    [A, 5],
    [B, 1],
  ])
})

it('keeps two instances apart that have one id', () => {
  const named = (port: number) => ({
    instances: [instance({ id: 'x', host: '10.0.0.1', port })],
    held: [],
    absent: false,
  })
  const { instances } = merged([part('one', [], { served: named(1) }), part('two', [], { served: named(2) })])!
  expect(instances.map(({ id, port }) => [id, port])).toEqual([
    ['x', 1],
    ['x@two', 2],
  ])
})

it('asks a registry of the second choice only where those before it have nobody', () => {
  const second = part('two', [B], { merge: 'first' })
  expect(ids(part('one', [A]), second)).toEqual([A])
  expect(ids(part('one', []), second)).toEqual([B])
  expect(ids(part('one', undefined), second)).toEqual([B])
})

it('does not hold in doubt what one registry has lost and another one names', () => {
  const lost = part('one', [A, B], {}, [A, B])
  expect(merged([lost, part('two', [B])])).toMatchObject({ held: [A] })
  expect(merged([part('two', [B]), lost])).toMatchObject({ held: [A] })
})

it('knows a service that one registry names', () => {
  const gone: Part = part('one', [], { served: { instances: list(A), held: [A], absent: true } })
  expect(merged([gone, part('two', [B])])).toMatchObject({ absent: false })
  expect(merged([gone, { ...gone, name: 'two' }])).toMatchObject({ absent: true })
})
