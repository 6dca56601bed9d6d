import { Agent } from 'node:http'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { call, ids, type Reply } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { type Answer, startUpstream, type Upstream } from '../support/upstream.ts'

const SECONDS = 12
/** With the floor of ten a second, a budget of a fifth is then less than a quarter of the requests. */
const PER_SECOND = 220
const TICK_MS = 10

const refusing: Answer = (_, response) => response.writeHead(503).end('busy')
const resetting: Answer = (request) => request.socket.resetAndDestroy()

let gateway: GatewayProcess
const services: Record<string, readonly Upstream[]> = {}

/** Budget, attempts and ejection are as they are by default. */
beforeAll(async () => {
  for (const [name, answer] of Object.entries({ refusing, resetting, quiet: refusing })) {
    services[name] = [await startUpstream(answer), await startUpstream(answer), await startUpstream(answer)]
  }
  const addresses = Object.entries(services).map(([name, all]) => [name, all.map(({ address }) => address)] as const)
  gateway = await startGateway('server: { workers: 2 }\nretry: { on: [timeout, 503] }', {
    services: Object.fromEntries(addresses),
  })
})

const reached = (service: string) => services[service]!.reduce((sum, { asked }) => sum + asked.length, 0)

/** Asks so many times a second, whatever the answers take. */
async function offer(service: string): Promise<Reply[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  onTestFinished(() => agent.destroy())
  const replies: Promise<Reply>[] = []
  const startedMs = performance.now()
  await new Promise<void>((offered) => {
    const clock = setInterval(() => {
      const elapsedMs = performance.now() - startedMs
      const due = Math.floor((Math.min(elapsedMs, SECONDS * 1000) / 1000) * PER_SECOND)
      while (replies.length < due) replies.push(call(`${gateway.url}/services/${service}/`, { agent }))
      if (elapsedMs < SECONDS * 1000) return
      clearInterval(clock)
      offered()
    }, TICK_MS)
  })
  return Promise.all(replies)
}

it('sends at most a quarter more than is asked for when all instances of a service fail', async () => {
  const [refused, broken] = await Promise.all([offer('refusing'), offer('resetting')])
  for (const [service, replies, status] of [
    ['refusing', refused, 503],
    ['resetting', broken, 502],
  ] as const) {
    expect(replies.length).toBe(SECONDS * PER_SECOND)
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([status]))
    expect(reached(service) / replies.length).toBeLessThanOrEqual(1.25)
    // What may be tried again is.
    expect(reached(service) / replies.length).toBeGreaterThan(1.1)
    expect(
      await gateway.metric('portolan_retries_denied_total', `service="${service}",reason="budget"`),
    ).toBeGreaterThan(0)
  }
  // The service's own 503, as it came.
  expect(new Set(refused.map(({ text }) => text))).toEqual(new Set(['busy']))
}, 40_000)

it('leaves a service that is rarely asked all of its tries', async () => {
  for (let i = 0; i < 3; i++) {
    const id = ids()
    const { status, text } = await call(`${gateway.url}/services/quiet/`, { headers: { 'x-request-id': id } })
    expect([status, text]).toEqual([503, 'busy'])
    expect(await gateway.accessOf(id)).toMatchObject({ attempts: 3 })
  }
  expect(reached('quiet')).toBe(9)
})
