import { afterAll, beforeAll, describe, it } from 'vitest'
import { startPortolan } from '../gateways/portolan.ts'
import { Stage } from './stage.ts'
import type { Case } from './wire.ts'

/** Many workers may start at once, on few cores. */
const START_MS = 60_000

/** The cases as tests of Portolan: of one process, and of a cluster. */
export function wireTests(cases: readonly Case[]): void {
  describe.each([0, 2])('with workers: %i', (workers) => {
    let stage: Stage

    beforeAll(async () => {
      stage = await Stage.open(cases, (what) => startPortolan(what, workers))
    }, START_MS)
    afterAll(() => stage?.close())

    for (const each of cases) {
      const test = each.alone ? it : it.concurrent
      test(`${each.rule}: ${each.name}`, { timeout: 2 * (each.patienceMs ?? 15_000) }, async () => {
        const { error } = await stage.play(each)
        if (error) throw error
      })
    }
  })
}
