import { expect, it } from 'vitest'
import { combined } from '../../../../adapters/zookeeper/layouts/index.ts'
import { type Instance, instance } from '../../../../src/plugin/index.ts'
import { bytes, reader } from './reading.ts'

const at = (host: string, more: Partial<Instance> = {}) => ({ instances: [instance({ host, port: 80, ...more })] })

it('keeps the order of the parts, and the objects', () => {
  const parts = [at('b'), at('a'), { instances: [] }, at('c')]
  const list = combined(parts)
  expect(list.map(({ host }) => host)).toEqual(['b', 'a', 'c'])
  expect(list[0]).toBe(parts[0]!.instances[0])
  expect(combined([])).toEqual([])
})

it('gives the array of the only part that has instances', () => {
  const only = reader('apisix').own(bytes('[{"host":"a","port":1},{"host":"b","port":1}]'))
  expect(combined([{ instances: [] }, only])).toBe(only.instances)
})

it('has one instance for each address: the later registered, in the place of the first', () => {
  const [old, young] = [at('a', { registeredAt: 1, weight: 1 }), at('a', { registeredAt: 2, weight: 2 })]
  for (const parts of [
    [old, young],
    [young, old],
  ])
    expect(combined([...parts, at('b')]).map(({ id, weight }) => [id, weight])).toEqual([
      ['a:80', 2],
      ['b:80', 1],
    ])
})

it('has the first of those that were registered at one time', () => {
  expect(combined([at('a', { weight: 1 }), at('a', { weight: 2 })])[0]!.weight).toBe(1)
})

it('has one instance for each address within a part, too', () => {
  const own = reader('apisix').own(bytes('[{"host":"a","port":1,"weight":5},{"host":"a","port":1,"weight":6}]'))
  expect(combined([own]).map(({ weight }) => weight)).toEqual([5])
})
