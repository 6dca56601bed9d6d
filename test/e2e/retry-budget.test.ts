import { beforeAll, expect, it } from 'vitest'
import { call, ids } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { type Answer, startUpstream, type Upstream } from '../support/upstream.ts'

/** With the floor of ten a second, a budget of a fifth is then less than a quarter of the requests. */
const LOAD = { perSecond: 220, seconds: 12, methods: ['GET'] }

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

const offer = (service: string) => new SteadyLoad(gateway.url, service, LOAD).finished()

it('sends at most a quarter more than is asked for when all instances of a service fail', async () => {
  const [refused, broken] = await Promise.all([offer('refusing'), offer('resetting')])
  for (const [service, answers, outcome] of [
    ['refusing', refused, { status: 503, code: undefined }], // its own, as it came
    ['resetting', broken, { status: 502, code: 'GW_UPSTREAM_RESET' }],
  ] as const) {
    const otherwise = answers.all.filter(({ status, code }) => status !== outcome.status || code !== outcome.code)
    expect(otherwise.length, answers.story).toBe(0)
    expect(reached(service) / answers.all.length).toBeLessThanOrEqual(1.25)
    // What may be tried again is.
    expect(reached(service) / answers.all.length).toBeGreaterThan(1.1)
    const denied = await gateway.metric('portolan_retries_denied_total', `service="${service}",reason="budget"`)
    expect(denied).toBeGreaterThan(0)
  }
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
