import { expect, it } from 'vitest'
import { ownCopy } from '../../src/proxy/own-copy.ts'

it.each(['', 'plain', 'caf\xe9', 'a\u010ab', 'x'.repeat(5000)])('is the same text: %j', (text) => {
  expect(ownCopy(text)).toBe(text)
})
