import { expect, it } from 'vitest'
import { isTraceparent, newTraceparent } from '../../../src/proxy/headers/trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const VALID = `00-${TRACE}-${PARENT}-01`

it.each([VALID, `00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-ff`])('knows a parent of a trace: %s', (value) => {
  expect(isTraceparent(value)).toBe(true)
})

it.each([`01-${TRACE}-${PARENT}-01`, `cc-${TRACE}-${PARENT}-01`, `cc-${TRACE}-${PARENT}-01-what-the-future-brings`])(
  'takes the word of a version to come: %s',
  (value) => {
    expect(isTraceparent(value)).toBe(true)
  },
)

it.each([
  '',
  'garbage',
  `ff-${TRACE}-${PARENT}-01`,
  `ff-${TRACE}-${PARENT}-01-more`,
  `00-${TRACE}-${PARENT}-01-more`,
  `00-${TRACE}-${PARENT}-01-`,
  `cc-${TRACE}-${PARENT}-01.more`,
  `00-${'0'.repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE}-${PARENT}-1`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${TRACE}-${PARENT.toUpperCase()}-01`,
  `00-${TRACE}-${PARENT}-0A`,
  `0x-${TRACE}-${PARENT}-01`,
  `00_${TRACE}_${PARENT}_01`,
  `00-${TRACE.slice(1)}\u0430-${PARENT}-01`,
  `${VALID}, ${VALID}`,
])('knows what is none: %j', (value) => {
  expect(isTraceparent(value)).toBe(false)
})

it('begins traces that are valid, not sampled, and never the same', () => {
  const begun = Array.from({ length: 600 }, newTraceparent)
  expect(begun.every((value) => isTraceparent(value) && value.endsWith('-00'))).toBe(true)
  expect(new Set(begun).size).toBe(600)
})
