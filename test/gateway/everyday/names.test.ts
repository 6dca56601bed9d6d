import { expect, it } from 'vitest'
import { Names } from '../../../src/gateway/http1/everyday/names.ts'

function named(names: Names, name: string) {
  const text = `<${name}>`
  return names.at(Buffer.from(text), 1, 1 + name.length)
}

it('says the same of a name whenever it comes', () => {
  const names = new Names(new Set(['x-left']))
  expect(named(names, 'X-Some')).toMatchObject({ sent: 'X-Some', lower: 'x-some' })
  expect(named(names, 'X-Some')).toBe(named(names, 'X-Some'))
})

it.each([['x'], ['X-SOME'], ['x-some'], ['X-Same'], ['X-Somee'], ['a'.repeat(65)]])('takes %s for no other', (name) => {
  const names = new Names(new Set(['x-left']))
  named(names, 'X-Some')
  expect(named(names, name)).toMatchObject({ sent: name, lower: name.toLowerCase() })
})

it('has no lower case for those that are left out', () => {
  expect(named(new Names(new Set(['x-left'])), 'X-Left')).toMatchObject({ sent: 'X-Left', lower: '' })
})

it('reads names right of which it cannot keep more', () => {
  const names = new Names(new Set(['x-left']))
  const alike = Array.from({ length: 50 }, (_, i) => `x-${i}-same-end`)
  for (const name of [...alike, ...alike]) expect(named(names, name).sent).toBe(name)
})
