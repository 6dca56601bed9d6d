import { expect, it } from 'vitest'
import { instance, SharedView } from '../../src/plugin/index.ts'
import { mulberry32 } from '../contract/index.ts'

const list = (port: number) => [instance({ host: '10.0.0.1', port })]

it('says what a Map with the same changes says', () => {
  const random = mulberry32(3)
  const truth = new Map<string, ReturnType<typeof list>>()
  let view = SharedView.empty
  for (let change = 1; change <= 2000; change++) {
    const service = `s${Math.floor(random() * 600)}`
    const instances = random() < 0.3 ? undefined : list(change)
    if (instances) truth.set(service, instances)
    else truth.delete(service)
    view = view.with([[service, instances]])
  }
  expect(view.size).toBe(truth.size)
  expect(new Map(view)).toEqual(truth)
  for (const [service, instances] of truth) expect(view.get(service)).toBe(instances)
})

it('leaves the view that it came from as it was', () => {
  const before = SharedView.empty.with([
    ['a', list(1)],
    ['b', list(2)],
  ])
  const after = before.with([
    ['a', undefined],
    ['c', list(3)],
  ])
  expect([...before].map(([service]) => service).sort()).toEqual(['a', 'b'])
  expect([...after].map(([service]) => service).sort()).toEqual(['b', 'c'])
  expect([before.size, after.size, SharedView.empty.size]).toEqual([2, 2, 0])
})

it('shares what did not change: one service more is one shard more', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `service-${index}`)
  const before = SharedView.empty.with(names.map((name) => [name, []]))
  const after = before.with([['service-7', list(1)]])
  expect(after.shards.filter((shard, at) => shard !== before.shards[at])).toHaveLength(1)
})
