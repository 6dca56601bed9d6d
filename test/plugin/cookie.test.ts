import { expect, it } from 'vitest'
import { cookieOf } from '../../src/plugin/index.ts'

it.each([
  ['sid=1', '1'],
  ['a=b; sid=1', '1'],
  ['a=b;sid=1;c=d', '1'],
  ['sid=; a=b', ''],
  ['sid=a=b; c=d', 'a=b'],
  ['sid=1; sid=2', '1'],
  ['mysid=0; sid=1', '1'],
  ['sid2=0; sid=1', '1'],
  ['a=x sid=0; sid=1', '1'],
  ['a=sid; sid=1', '1'],
])('reads sid from "%s"', (header, value) => {
  expect(cookieOf(header, 'sid')).toBe(value)
})

it('takes the first of several that is wanted', () => {
  expect(cookieOf('sid=1; sid=2; sid=3', 'sid', (value) => value > '1')).toBe('2')
  expect(cookieOf('sid=1; sid=2', 'sid', () => false)).toBeUndefined()
})

it('finds nothing without a name', () => {
  expect(cookieOf('sid=1; =2', '')).toBeUndefined()
})

it.each([undefined, '', 'sid', 'mysid=1', 'sid2=1', 'a=sid=1', 'a=x sid=1'])('finds no sid in "%s"', (header) => {
  expect(cookieOf(header, 'sid')).toBeUndefined()
})
