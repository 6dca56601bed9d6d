import { expect, it } from 'vitest'
import { explanationText } from '../../src/cli/explain-text.ts'
import type { CandidateExplanation } from '../../src/explain/index.ts'

const one = (fields: Partial<CandidateExplanation>): CandidateExplanation => ({
  ...{ id: 'a:1', host: 'a', port: 1, tier: 0, share: 1, weight: 1, weightNow: 1, inFlight: 0, latencyMs: 0 },
  ...fields,
})

const note = (fields: Partial<CandidateExplanation>) =>
  explanationText({ worker: 0, request: { method: 'GET', target: '/' }, candidates: [one(fields)] })
    .trimEnd()
    .split('\n')
    .at(-1)!
    .replace(/^.* {2}/, '')

it('says how long an ejection lasts, and of nothing else', () => {
  expect(note({ why: 'ejected', ejectedForMs: 11_200 })).toBe('ejected, for 12 s')
  for (const why of ['trial', 'tried', 'down']) expect(note({ why, ejectedForMs: 11_200 })).toBe(why)
})
