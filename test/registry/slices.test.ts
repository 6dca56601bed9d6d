import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { inTurns, slices } from '../../src/registry/slices.ts'

it('makes lists of about a thousand, in order, and none that is empty', () => {
  const lists = [...slices([400, 700, 2000, 1], (size) => size)]
  expect(lists).toEqual([[400, 700], [2000], [1]])
  expect([...slices([], () => 1)]).toEqual([])
})

it('hands on each item in the turn in which it is made: what changes in between is not overtaken by what it was', async () => {
  const state = { value: 0 }
  const handed: number[] = []
  const running = inTurns(
    (function* () {
      for (let count = 0; count < 3; count++) yield state.value
    })(),
    (value) => handed.push(value),
  )
  state.value = 1
  await setImmediate()
  state.value = 2
  await running
  expect(handed).toEqual([0, 1, 2])
})
