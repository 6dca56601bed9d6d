import { expect, it } from 'vitest'
import { spread } from '../../src/balancing/tiers.ts'

const percent = (healthy: number) => ({ healthy, all: 100 })
const shares = (...healthy: number[]) =>
  spread(healthy.map(percent), 0.5).map(({ share }) => Math.round(share * 1000) / 10)
const panics = (...healthy: number[]) => spread(healthy.map(percent), 0.5).map(({ panic }) => panic)

// The tables of Envoy's pages on priority levels and on the panic threshold, which round to whole percents.
it.each([
  [100, 100, 0],
  [72, 100, 0],
  [71, 99.4, 0.6],
  [50, 70, 30],
  [25, 35, 65],
  [0, 0, 100],
])(
  'with %i %% healthy the first of two tiers takes %d %% of the load, and the second %d %%',
  (healthy, first, second) => {
    expect(shares(healthy, 100)).toEqual([first, second])
  },
)

it('divides what is healthy by its parts when all tiers together cannot take the load', () => {
  expect(shares(20, 30)).toEqual([40, 60])
  expect(shares(25, 25)).toEqual([50, 50])
  expect(shares(5, 65)).toEqual([7.1, 92.9])
})

it('ignores health in a tier below the bound only if all tiers together cannot take the load', () => {
  expect(panics(25, 100)).toEqual([false, false])
  expect(panics(25, 25)).toEqual([true, true])
  expect(panics(5, 65)).toEqual([true, false])
})

it('ignores health below the bound, and not at it', () => {
  expect(panics(50)).toEqual([false])
  expect(panics(49)).toEqual([true])
})

it('gives each endpoint an even part when nobody is healthy', () => {
  const loads = spread(
    [
      { healthy: 0, all: 1 },
      { healthy: 0, all: 3 },
    ],
    0,
  )
  expect(loads).toEqual([
    { share: 0.25, panic: true },
    { share: 0.75, panic: true },
  ])
})

it('has no load for no tiers', () => {
  expect(spread([], 0.5)).toEqual([])
})
