import { expect, it } from 'vitest'
import { DueQueue } from '../../src/health/due-queue.ts'
import { mulberry32 } from '../contract/index.ts'

it('gives back in the order of their times whatever is added and taken in between', () => {
  const random = mulberry32(7)
  const queue = new DueQueue<{ dueMs: number }>()
  const inside: number[] = []
  for (let step = 0; step < 5000; step++) {
    if (random() < 0.55) {
      const dueMs = Math.floor(random() * 100)
      inside.push(dueMs)
      queue.add({ dueMs })
    } else {
      const soonest = inside.length === 0 ? undefined : Math.min(...inside)
      expect(queue.first?.dueMs).toBe(soonest)
      expect(queue.take()?.dueMs).toBe(soonest)
      if (soonest !== undefined) inside.splice(inside.indexOf(soonest), 1)
    }
  }
  inside.sort((a, b) => a - b)
  expect(inside.map(() => queue.take()!.dueMs)).toEqual(inside)
  expect(queue.take()).toBeUndefined()
})
