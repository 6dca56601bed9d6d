import type { ServerResponse } from 'node:http'
import { expect, it, vi } from 'vitest'
import { until } from '../support/until.ts'
import { type Answer, startUpstream } from '../support/upstream.ts'
import { type RigOptions, serviceRig } from './service-rig.ts'

const SLOW_MS = 20

/** As if the service were known to answer within 20 ms. */
async function hedging(yaml: string, answers: readonly Answer[], options: RigOptions = {}) {
  const instances = await Promise.all(answers.map(startUpstream))
  const rig = await serviceRig(
    `retry: { hedge: { quantile: 95%, least: 5ms }${yaml} }`,
    instances.map(({ address }) => address),
    options,
  )
  const nowMs = performance.now()
  for (let i = 0; i < 20; i++) rig.service.latency!.record(SLOW_MS, nowMs)
  return { ...rig, instances }
}

const quick: Answer = (_, response) => response.end('quick')
const never: Answer = () => undefined
const refuses: Answer = (_, response) => response.writeHead(503).end('refused')
const refusesLater: Answer = (_, response) => setTimeout(() => response.writeHead(503).end('refused later'), 80)
const breaks: Answer = (request) => request.socket.resetAndDestroy()
const breaksLater: Answer = (request) => setTimeout(() => request.socket.resetAndDestroy(), 80)
const slow: Answer = (_, response) => setTimeout(() => response.end('slow'), 80)

it('asks a second instance when the first one takes longer than usual, and takes the first answer', async () => {
  const { ask, events, instances, service } = await hedging('', [never, quick])
  const { exchange, response } = ask()
  expect(await (await response).text()).toBe('quick')
  expect(events).toEqual(['hedge:sent', 'hedge:won'])
  expect(exchange).toMatchObject({ attempts: 2, endpoint: { instance: { id: instances[1]!.address } } })
  await until('the first one is let go of', () => instances[0]!.sockets.size === 0)
  expect(service.hedgeAfterMs(performance.now())).toBeGreaterThanOrEqual(SLOW_MS)
})

it('asks nobody else when the answer is in time', async () => {
  const { answer, events, instances, service } = await hedging('', [quick, quick])
  for (let i = 0; i < 20; i++) service.latency!.record(60_000, performance.now())
  for (let i = 0; i < 5; i++) expect(await answer()).toBe('200 quick')
  expect(events).toEqual([])
  expect(instances[1]!.asked).toEqual([])
})

it('takes the first one’s answer when that comes before the second one’s', async () => {
  const { ask, events, instances } = await hedging('', [slow, never])
  const { exchange, response } = ask()
  expect(await (await response).text()).toBe('slow')
  expect(events).toEqual(['hedge:sent'])
  expect(exchange.endpoint!.instance.id).toBe(instances[0]!.address)
  await until('the second one is let go of', () => instances[1]!.sockets.size === 0)
})

it('blames no loser', async () => {
  const blamed: string[] = []
  const strategy = {
    pick: <T>(endpoints: readonly T[]) => endpoints[0]!,
    observe: (_: unknown, __: number, failed: boolean) => void blamed.push(failed ? 'failed' : 'ok'),
  }
  const { answer, pool } = await hedging('', [never, quick], { strategy })
  expect(await answer()).toBe('200 quick')
  await until('both are over', () => pool.inFlight === 0)
  expect(blamed).toEqual(['ok'])
})

it('hedges nothing that may not be repeated, nor before it knows what is usual, nor beyond the attempts or the budget', async () => {
  const post = await hedging('', [slow, quick])
  expect(await post.answer({ method: 'POST', body: 'x' })).toBe('200 slow')
  const unknown = await serviceRig('retry: { hedge: {} }', [post.instances[0]!.address, post.instances[1]!.address])
  expect(await unknown.answer()).toBe('200 slow')
  for (const yaml of [', attempts: 1', ', budget: { share: 0%, floor: 0 }']) {
    const { answer, events } = await hedging(yaml, [slow, quick])
    expect([await answer(), events]).toEqual(['200 slow', []])
  }
  expect(post.instances[1]!.asked).toEqual([])
})

it.each([
  ['a failure of the first', [breaksLater, slow], '200 slow'],
  ['a status of the first that is tried again', [refusesLater, slow], '200 slow'],
  ['a failure of the second', [slow, breaks], '200 slow'],
  ['a status of the second that is tried again', [slow, refuses], '200 slow'],
] as const)('leaves it to the other one after %s', async (_, answers, wanted) => {
  const { ask, events } = await hedging(', on: [503]', answers)
  const { exchange, response } = ask()
  expect(`${(await response).status} ${await (await response).text()}`).toBe(wanted)
  expect(exchange).toMatchObject({ attempts: 2, upstreamMs: expect.any(Number) })
  expect(events[0]).toBe('hedge:sent')
  expect(events.filter((event) => event.startsWith('retry'))).toEqual([])
})

it('goes on with the first one when the strategy fails on the second pick', async () => {
  let picks = 0
  const strategy = {
    pick<T>(endpoints: readonly T[]): T {
      if (++picks > 1) throw new Error('no more')
      return endpoints[0]!
    },
  }
  const { answer, events } = await hedging('', [slow, quick], { strategy })
  expect([await answer(), picks, events]).toEqual(['200 slow', 2, []])
})

it('goes on to a third instance when both have failed', async () => {
  const { answer, events } = await hedging('', [breaksLater, breaks, quick])
  expect(await answer()).toBe('200 quick')
  expect(events).toEqual(['hedge:sent', 'retry:reset'])
})

it('names the instance whose failure is told when both have failed', async () => {
  const { ask, instances } = await hedging(', attempts: 2', [breaksLater, breaks])
  const { exchange, response } = ask()
  await expect(response).rejects.toMatchObject({ code: 'GW_UPSTREAM_RESET' })
  expect(exchange.endpoint!.instance.id).toBe(instances[0]!.address)
})

it('answers with a status that came, rather than with a failure of the other one', async () => {
  const { ask, instances } = await hedging(', on: [503], attempts: 2', [breaksLater, refuses])
  const { exchange, response } = ask()
  expect([(await response).status, await (await response).text()]).toEqual([503, 'refused'])
  expect(exchange.endpoint!.instance.id).toBe(instances[1]!.address)
})

it('stops both when the client goes away, and when the time for all attempts is over', async () => {
  const gone = await hedging('', [never, never])
  const { exchange, response } = gone.ask()
  await until('both are asked', () => gone.instances.every(({ asked }) => asked.length === 1))
  exchange.closeByClient()
  await expect(response).rejects.toMatchObject({ code: 'GW_CLIENT_CLOSED' })
  const late = await hedging(', timeout: 100ms', [never, never])
  expect(await late.answer()).toBe('GW_UPSTREAM_TIMEOUT')
  for (const { instances, pool } of [gone, late]) {
    expect(pool.inFlight).toBe(0)
    await until('both are let go of', () => instances.every(({ sockets }) => sockets.size === 0))
  }
})

it('keeps no status for a client that has gone', async () => {
  const refusesAtLength: Answer = (_, response) => void response.writeHead(503, { 'content-length': 9 }).write('ref')
  const { ask, instances, pool } = await hedging(', on: [503], attempts: 2', [never, refusesAtLength])
  const { exchange, response } = ask()
  await until('the second one has answered', () => exchange.upstreamMs !== undefined)
  exchange.closeByClient()
  await expect(response).rejects.toMatchObject({ code: 'GW_CLIENT_CLOSED' })
  expect(pool.inFlight).toBe(0)
  await until('both are let go of', () => instances.every(({ sockets }) => sockets.size === 0))
})

it('stays within the limit of the service', async () => {
  const yaml = '{ hedge: { quantile: 95%, least: 5ms } }\nlimits: { inFlight: 1 }'
  const held: ServerResponse[] = []
  const [first, second] = [await startUpstream((_, response) => void held.push(response)), await startUpstream(quick)]
  const { ask, service, events } = await serviceRig(`retry: ${yaml}`, [first.address, second.address])
  for (let i = 0; i < 20; i++) service.latency!.record(1, performance.now())
  const enter = vi.spyOn(service.limiter!, 'tryEnter')
  const { response } = ask()
  await until('it is asked, and the hedge finds no place', () => held.length === 1 && enter.mock.calls.length === 2)
  expect(enter.mock.results.map(({ value }) => value)).toEqual([true, false])
  held[0]!.end('held')
  expect(await (await response).text()).toBe('held')
  expect(events).toEqual([])
})
