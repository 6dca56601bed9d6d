import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Problem, problems } from '../../src/errors.ts'
import { page, rows } from './pages.ts'

const known = Object.entries(problems as Readonly<Record<string, Problem>>)

it('lists every code, with its status and retry-after, and no other', () => {
  const listed = [...rows(page('errors'))].map(([code, [status, retryAfter]]) => [code, status, retryAfter])
  expect(listed).toEqual(
    known.map(([code, { status, retryAfterSeconds }]) => [code, `${status}`, `${retryAfterSeconds ?? ''}`]),
  )
})

it('has the README name only codes that exist, with their status', () => {
  const named = [...rows(readFileSync('README.md', 'utf8'))].filter(([code]) => code.startsWith('GW_'))
  expect(named.length).toBeGreaterThan(5)
  for (const [code, [status]] of named)
    expect([code, status]).toEqual([code, `${Object.fromEntries(known)[code]?.status}`])
})
