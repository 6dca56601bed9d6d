import { expect, it } from 'vitest'
import { nearest, unknown } from '../../src/catalog/suggest.ts'

it.each([
  ['p2cc', 'p2c'],
  ['rond-robin', 'round-robin'],
  ['ruond-robin', 'round-robin'],
  ['Random', 'random'],
])('takes %s for %s', (written, meant) => {
  expect(nearest(written, ['p2c', 'random', 'round-robin'])).toBe(meant)
})

it('does not guess at what is far from everything', () => {
  expect(nearest('zookeeper', ['p2c', 'random'])).toBeUndefined()
  expect(unknown('strategy', 'x', ['p2c'])).toBe('unknown strategy "x"; known: p2c')
  expect(unknown('strategy', 'x', [])).toBe('unknown strategy "x"; none is known')
})

it('says what was likely meant, and what else there is', () => {
  expect(unknown('strategy', 'p2cc', ['p2c', 'random'])).toBe(
    'unknown strategy "p2cc"; did you mean "p2c"? known: p2c, random',
  )
})
