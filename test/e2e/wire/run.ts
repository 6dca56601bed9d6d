import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startHaproxy } from './gateways/haproxy.ts'
import { startNginx } from './gateways/nginx.ts'
import { startPortolan } from './gateways/portolan.ts'
import { loadCases } from './rig/load.ts'
import { playAll, type Score } from './rig/play.ts'
import { asJson, asPage, table } from './rig/report.ts'

/** `npm run test:wire`: the wire cases against gateways that run side by side. @module */

const GATEWAYS = { portolan: startPortolan, nginx: startNginx, haproxy: startHaproxy }
const PAGE = 'docs/conformance.md'

const { values } = parseArgs({
  options: { against: { type: 'string' }, rule: { type: 'string' }, json: { type: 'boolean', default: false } },
})
const chosen = Object.entries(GATEWAYS).filter(([name]) => !values.against || name === values.against)
if (chosen.length === 0) throw new Error(`--against ${values.against}: known are ${Object.keys(GATEWAYS).join(', ')}`)

const cases = (await loadCases()).filter(({ rule }) => !values.rule || rule === Number(values.rule))
const scores: Score[] = []
for (const [name, start] of chosen) {
  if (!values.json) process.stdout.write(`${cases.length} cases against ${name}\n`)
  scores.push(await playAll(cases, (what) => start(what)))
}

if (values.json) process.stdout.write(`${asJson(cases, scores)}\n`)
else {
  for (const { gateway, errors } of scores) {
    for (const [{ rule, level, name }, error] of errors) {
      if (error) process.stdout.write(`${gateway} fails ${rule} (${level}): ${name}\n    ${error.message}\n`)
    }
  }
  process.stdout.write(`${table(cases, scores)}\n`)
}
// A part of the picture does not take the place of the whole.
if (!values.against && !values.rule) writeFileSync(PAGE, asPage(cases, scores))
