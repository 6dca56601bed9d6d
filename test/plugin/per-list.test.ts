import { expect, it } from 'vitest'
import { type Endpoint, perList } from '../../src/plugin/index.ts'
import { endpoints } from '../contract/kit.ts'

it('computes once for each list, also when lists take turns', () => {
  const computed: (readonly Endpoint[])[] = []
  const countOf = perList((list) => {
    computed.push(list)
    return { count: list.length }
  })
  const [one, other] = [endpoints('a'), endpoints('a', 'b')]
  const first = countOf(one)
  expect([countOf(other), countOf(one), countOf(other), countOf(one)].map(({ count }) => count)).toEqual([2, 1, 2, 1])
  expect(countOf(one)).toBe(first)
  expect(computed).toEqual([one, other])
})

it('takes another list with the same members for another', () => {
  const list = endpoints('a')
  const copyOf = perList((endpoints) => [...endpoints])
  expect(copyOf(list)).not.toBe(copyOf([...list]))
})
