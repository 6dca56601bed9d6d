import { expect, it } from 'vitest'
import { loadCases } from '../e2e/wire/rig/load.ts'
import { GROUPS, groupOf } from '../e2e/wire/rules.ts'
import { page } from './pages.ts'

it('conformance.md tells of the cases that there are: else `npm run test:wire` makes it anew', async () => {
  const cases = await loadCases()
  const counts = GROUPS.flatMap(([, title]) => {
    const of = cases.filter(({ rule }) => groupOf(rule) === title)
    const musts = of.filter(({ level }) => level === 'must').length
    return of.length > 0 ? [[title, musts, of.length - musts]] : []
  })
  const rows = [...page('conformance').matchAll(/^\| [\d-]+ \| (.+?) \|(?: \d+ of (\d+))? \|(?: \d+ of (\d+))? /gm)]
  expect(rows.map(([, title, musts, shoulds]) => [title, Number(musts ?? 0), Number(shoulds ?? 0)])).toEqual(counts)
})
