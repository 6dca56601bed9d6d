import { expect, it } from 'vitest'
import { FieldNames } from '../../../src/proxy/headers/hop-by-hop.ts'

it('knows its names in any case, again and again', () => {
  const names = new FieldNames(['connection', 'te'])
  for (const sent of ['connection', 'Connection', 'CONNECTION', 'TE', 'Connection']) expect(names.has(sent)).toBe(true)
  for (const sent of ['connectiom', 'tx', 'keep-alive', '', 'connectiom']) expect(names.has(sent)).toBe(false)
})

it('is not misled by a name that would be one of them if it were cut to bytes', () => {
  const names = new FieldNames(['connection'])
  expect(names.has('connecti\u016fn')).toBe(false)
  expect(names.has('connection')).toBe(true)
})

it('knows its names after more strange ones than it can keep in mind', () => {
  const names = new FieldNames(['connection'])
  for (let i = 0; i < 3000; i++) expect(names.has(`x-${String(i).padStart(8, '0')}`)).toBe(false)
  expect(names.has('Connection')).toBe(true)
  expect(names.has('x-00002999')).toBe(false)
})
