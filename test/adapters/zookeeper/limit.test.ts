import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Gate, inLanes, slices } from '../../../adapters/zookeeper/limit.ts'

it('lets no more in than it may, and the others in the order they came', async () => {
  const gate = new Gate(2)
  const order: number[] = []
  let inside = 0
  const visit = async (visitor: number) => {
    await gate.enter()
    expect(++inside).toBeLessThanOrEqual(2)
    order.push(visitor)
    await setImmediate()
    inside--
    gate.leave()
  }
  await Promise.all([1, 2, 3, 4, 5].map(visit))
  expect(order).toEqual([1, 2, 3, 4, 5])
})

it('lets those that wait in together once half of the places are free, and all at the latest then', async () => {
  const gate = new Gate(4)
  const inside: number[] = []
  for (let visitor = 1; visitor <= 7; visitor++) {
    const turn = gate.enter()
    if (turn) void turn.then(() => inside.push(visitor))
    else inside.push(visitor)
  }
  await setImmediate()
  expect(inside).toEqual([1, 2, 3, 4])
  gate.leave()
  await setImmediate()
  expect(inside).toEqual([1, 2, 3, 4])
  gate.leave()
  await setImmediate()
  expect(inside).toEqual([1, 2, 3, 4, 5, 6])
  for (const _each of [1, 2]) gate.leave()
  await setImmediate()
  expect(inside).toEqual([1, 2, 3, 4, 5, 6, 7])
})

it('runs so many lanes, begins nothing before its turn, and nothing after a failure', async () => {
  const begun: number[] = []
  const task = async (item: number) => {
    begun.push(item)
    await setImmediate()
    if (item === 3) throw new Error('three')
  }
  const running = inLanes([1, 2, 3, 4, 5, 6, 7, 8], 2, task)
  expect(begun).toEqual([1, 2])
  await expect(running).rejects.toThrow('three')
  await setImmediate()
  expect(begun).toEqual([1, 2, 3, 4, 5])
})

it('pauses what has taken longer than a slice until the event loop has had its turn', async () => {
  const pause = slices(5)
  expect(pause()).toBeUndefined()
  const until = performance.now() + 6
  while (performance.now() < until);
  let turned = false
  void setImmediate().then(() => {
    turned = true
  })
  await pause()
  expect(turned).toBe(true)
  expect(pause()).toBeUndefined()
})
