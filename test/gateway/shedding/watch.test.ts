import { expect, it, onTestFinished, vi } from 'vitest'
import { type Pressure, watchLoad } from '../../../src/gateway/shedding/index.ts'

it('looks ten times a second at how late it is itself, and how full the heap is', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const looks: { lagMs: number; heap: number }[] = []
  let nowMs = 5000
  const stop = watchLoad({ look: (load: (typeof looks)[0]) => looks.push(load) } as unknown as Pressure, () => nowMs)
  const ring = (afterMs: number) => {
    nowMs += afterMs
    vi.advanceTimersByTime(100)
  }
  ring(100)
  ring(1600)
  ring(110)
  expect(looks.map(({ lagMs }) => lagMs)).toEqual([0, 1500, 10])
  for (const { heap } of looks) expect(heap > 0 && heap < 1).toBe(true)
  stop()
  ring(100)
  expect(looks).toHaveLength(3)
})
