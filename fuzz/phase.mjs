import { setTimeout as sleep } from 'node:timers/promises'
import { play } from './client.mjs'
import { Gateway } from './gateway.mjs'
import { Instance } from './instance.mjs'
import { judge } from './judge.mjs'
import { planOf } from './plan.mjs'
import { Report } from './report.mjs'

const CLIENTS = 48
const MOST_FINDINGS = 20
const PROGRESS_MS = 10_000
/** By then all have heard that they are done with each other. */
const PATIENCE_MS = 6000
const POLL_MS = 10

/** As many cases as fit into the time, against one gateway. */
export async function phase({ seed, first, workers, seconds, only, say }) {
  const cases = new Map()
  const instance = new Instance(seed, cases)
  const gateway = new Gateway()
  const report = new Report(seed, workers, say)
  const port = await gateway.start(workers, await instance.listen())
  const socketsBefore = gateway.sockets()
  const deadline = Date.now() + seconds * 1000
  let next = first

  async function client() {
    while (only === undefined ? Date.now() < deadline && report.findings.length < MOST_FINDINGS : next === first) {
      const number = next++
      const found = { plan: planOf(seed, number), seen: [] }
      cases.set(number, found)
      found.outcome = await play(found.plan, port)
      await settled(found)
      report.judged(found, judge(found))
      found.judged = found.seen.length
    }
  }

  const progress = setInterval(() => report.progress(cases.size), PROGRESS_MS)
  await Promise.all(Array.from({ length: only === undefined ? CLIENTS : 1 }, client))
  clearInterval(progress)
  await until(() => gateway.sockets() <= socketsBefore)
  for (const found of cases.values()) if (found.seen.length > found.judged) report.judged(found, judge(found))
  for (const fault of instance.faults) report.found('upstream', fault)
  if (gateway.sockets() > socketsBefore)
    report.found('sockets', `${gateway.sockets()} open when all have gone, ${socketsBefore} before`)
  const residentMiB = gateway.residentMiB()
  for (const harm of [gateway.harm(), await gateway.stop(), ...new Set(gateway.complaints)])
    if (harm) report.found('gateway', harm)
  instance.close()
  return report.close({ cases: cases.size, statuses: gateway.statuses, residentMiB })
}

/** The instance hears a little later than the client that the two are done with each other. */
const settled = ({ seen }) => until(() => seen.every(({ open }) => !open))

async function until(holds) {
  for (const deadline = Date.now() + PATIENCE_MS; !holds() && Date.now() < deadline; ) await sleep(POLL_MS)
}
