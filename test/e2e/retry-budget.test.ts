import { Agent } from 'node:http'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { call, ids, type Reply } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { type Answer, startUpstream, type Upstream } from '../support/upstream.ts'

const SECONDS = 12
/** A fifth of the requests and ten a second are a quarter of 200 a second, and less of more: there is room for a slow machine. */
const PER_SECOND = 320
const TICK_MS = 10

const refusing: Answer = (_, response) => response.writeHead(503).end('busy')
const resetting: Answer = (request) => request.socket.resetAndDestroy()

let gateway: GatewayProcess
const services: Record<string, readonly Upstream[]> = {}

/** Budget, attempts and ejection are as they are by default. */
beforeAll(async () => {
  services.failing = await Promise.all([refusing, resetting, refusing, resetting].map(startUpstream))
  services.quiet = await Promise.all([refusing, refusing, refusing].map(startUpstream))
  const addresses = Object.entries(services).map(([name, all]) => [name, all.map(({ address }) => address)] as const)
  gateway = await startGateway('server: { workers: 2 }\nretry: { on: [timeout, 503] }', {
    services: Object.fromEntries(addresses),
  })
})

const reached = (service: string) => services[service]!.reduce((sum, { asked }) => sum + asked.length, 0)

/** Asks so many times a second, whatever the answers take. */
async function offer(service: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  onTestFinished(() => agent.destroy())
  const asked: Promise<Reply>[] = []
  const startedMs = performance.now()
  await new Promise<void>((offered) => {
    const clock = setInterval(() => {
      const seconds = Math.min(SECONDS, (performance.now() - startedMs) / 1000)
      while (asked.length < seconds * PER_SECOND) asked.push(call(`${gateway.url}/services/${service}/`, { agent }))
      if (seconds < SECONDS) return
      clearInterval(clock)
      offered()
    }, TICK_MS)
  })
  const replies = await Promise.all(asked)
  return { replies, perSecond: replies.length / ((performance.now() - startedMs) / 1000) }
}

it('sends at most a quarter more than is asked for when all instances of a service fail', async () => {
  const { replies, perSecond } = await offer('failing')
  expect([...new Set(replies.map(({ status }) => status))].sort()).toEqual([502, 503])
  // The service's own 503, as it came.
  expect(replies.filter(({ status }) => status === 503).every(({ text }) => text === 'busy')).toBe(true)
  const share = reached('failing') / replies.length
  // On a machine that is too slow to offer so much, the floor is the larger part.
  expect(share).toBeLessThanOrEqual(Math.max(1.25, 1.2 + 10 / perSecond))
  // What may be tried again is.
  expect(share).toBeGreaterThan(1.1)
  const labels = 'service="failing",reason="budget"'
  expect(await gateway.metric('portolan_retries_denied_total', labels)).toBeGreaterThan(0)
}, 60_000)

it('leaves a service that is rarely asked all of its tries', async () => {
  for (let i = 0; i < 3; i++) {
    const id = ids()
    const { status, text } = await call(`${gateway.url}/services/quiet/`, { headers: { 'x-request-id': id } })
    expect([status, text]).toEqual([503, 'busy'])
    expect(await gateway.accessOf(id)).toMatchObject({ attempts: 3 })
  }
  expect(reached('quiet')).toBe(9)
})
