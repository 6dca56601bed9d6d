import { expect, it } from 'vitest'
import { Pressure } from '../../../src/gateway/shedding/index.ts'
import type { Logger } from '../../../src/plugin/index.ts'

const CALM = { lagMs: 3, heap: 0.4 }

function pressed(marks: { lagMs?: number | null; heap?: number | null } = {}) {
  const said: unknown[] = []
  const note = (fields: object, msg: string) => void said.push({ ...fields, msg })
  const log: Logger = { debug: note, info: note, warn: note, error: note }
  const pressure = new Pressure({ lagMs: 1000, heap: 0.9, ...marks }, log)
  const look = (times: number, load: { lagMs?: number; heap?: number } = {}) => {
    for (let i = 0; i < times; i++) pressure.look({ ...CALM, ...load })
    return { high: pressure.high, shortage: pressure.shortage }
  }
  return { look, said }
}

const CALM_STATE = { high: false, shortage: null }
const HIGH = { high: true, shortage: null }

it.each([
  ['lag', { lagMs: 500 }, { lagMs: 1000 }],
  ['heap', { heap: 0.81 }, { heap: 0.9 }],
])('asks clients to go elsewhere, then refuses them, for want of %s', (shortage, early, full) => {
  const { look } = pressed()
  expect(look(100)).toEqual(CALM_STATE)
  expect(look(3, early)).toEqual(HIGH)
  expect(look(100, early)).toEqual(HIGH)
  expect(look(3, full)).toEqual({ high: true, shortage })
  expect(look(20, early)).toEqual(HIGH)
  expect(look(10)).toEqual(CALM_STATE)
})

it('takes one long pause, or two, for none', () => {
  const { look, said } = pressed()
  expect(look(2, { lagMs: 60_000 })).toEqual(CALM_STATE)
  expect(look(1)).toEqual(CALM_STATE)
  expect(look(2, { lagMs: 60_000, heap: 1 })).toEqual(CALM_STATE)
  expect(said).toEqual([])
})

it('goes on refusing for a second after it has become better', () => {
  const { look } = pressed()
  look(3, { lagMs: 2000 })
  expect(look(9)).toEqual({ high: true, shortage: 'lag' })
  look(1, { lagMs: 2000 })
  expect(look(9)).toEqual({ high: true, shortage: 'lag' })
  expect(look(1)).toEqual(CALM_STATE)
})

it('says when it begins and when it ends, and nothing in between', () => {
  const { look, said } = pressed()
  look(50, { lagMs: 1234.5 })
  look(50)
  expect(said).toEqual([
    { shortage: 'lag', lagMs: 1235, heap: 0.4, msg: 'new requests are refused: this process has too much to do' },
    { lagMs: 3, heap: 0.4, msg: 'requests are taken again' },
  ])
})

it('gives up on a heap that stays full, until it was emptier once', () => {
  const { look, said } = pressed()
  expect(look(102, { heap: 0.95 })).toEqual({ high: true, shortage: 'heap' })
  expect(look(1000, { heap: 0.95 })).toEqual(HIGH)
  expect(said).toHaveLength(2)
  look(10)
  expect(look(3, { heap: 0.95 })).toEqual({ high: true, shortage: 'heap' })
})

it('has no limit where there is none', () => {
  const { look } = pressed({ lagMs: null, heap: null })
  expect(look(100, { lagMs: 1e6, heap: 1 })).toEqual(CALM_STATE)
})
