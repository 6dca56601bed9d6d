import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call } from '../support/call.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

/** A service whose only instance answers when it is let. */
async function hanging() {
  const waiting: (() => void)[] = []
  const up = await startUpstream((_, response) => void waiting.push(() => response.end('done')))
  const yaml = stringify({ server: { workers: 2 }, limits: { inFlight: 10 } })
  const gateway = await startGateway(yaml, { services: { s: [up.address] } })
  const report = async () => JSON.parse((await gateway.admin('/api/services/s')).text)
  const ask = () => call(`${gateway.url}/services/s/`).catch(({ code }) => code)
  const inFlight = (count: number) => until(`${count} run`, async () => (await report()).inFlight === count)
  return { up, gateway, report, ask, inFlight, finish: () => waiting.splice(0).forEach((go) => void go()) }
}

it('shows what runs in all workers together, and what each instance was picked for', async () => {
  const { up, gateway, report, ask, inFlight, finish } = await hanging()
  const replies = Array.from({ length: 4 }, ask)
  await inFlight(4)
  expect(await report()).toMatchObject({ limit: 10, pending: 0, panic: false, instances: [{ fit: true, inFlight: 4 }] })
  expect(await gateway.metric('portolan_in_flight', 'service="s"')).toBe(4)
  expect(await gateway.metric('portolan_concurrency_limit', 'service="s"')).toBe(10)
  expect(await gateway.metric('portolan_picks_total', `service="s",instance="${up.address}"`)).toBe(4)
  finish()
  await Promise.all(replies)
  await inFlight(0)
  expect((await report()).instances[0].latencyMs).toBeGreaterThan(0)
  expect(await gateway.metric('portolan_in_flight', 'service="s"')).toBe(0)
})

it('forgets what ran in a worker that has died', async () => {
  const { gateway, ask, inFlight, finish } = await hanging()
  const replies = Array.from({ length: 4 }, ask)
  await inFlight(4)
  for (const victim of await gateway.workers()) process.kill(victim, 'SIGKILL')
  expect(await Promise.all(replies)).toEqual(Array(4).fill('ECONNRESET'))
  await inFlight(0)
  finish()
})
