import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { freePort } from '../support/zookeeper-probe.ts'
import { type ServiceRig, serviceRig } from './service-rig.ts'

/** A service that takes one request at once, on an instance that answers when it is told to. */
async function single(limits: string, retry = '{}') {
  const held: ServerResponse[] = []
  const instance = await startUpstream((_, response) => void held.push(response))
  const rig = await serviceRig(`limits: { inFlight: 1, ${limits} }\nretry: ${retry}`, [instance.address])
  return { ...rig, held, instance }
}

const waiting = ({ service }: ServiceRig, many: number) =>
  until(`${many} wait`, () => service.limiter!.waiting === many)

it('sends no more at once than the limit allows, and those who wait in their order', async () => {
  const rig = await single('pending: 2')
  const answers = [1, 2, 3].map(() => rig.answer())
  await waiting(rig, 2)
  for (const nth of [1, 2, 3]) {
    await until('one is asked', () => rig.held.length === nth)
    expect(rig.pool.inFlight).toBe(1)
    rig.held[nth - 1]!.end(`${nth}`)
  }
  expect(await Promise.all(answers)).toEqual(['200 1', '200 2', '200 3'])
  expect(rig.events).toEqual([])
})

it('counts a request until its answer’s body has ended', async () => {
  const rig = await single('pending: 1')
  const { response } = rig.ask()
  await until('it is asked', () => rig.held.length === 1)
  rig.held[0]!.write('begun')
  const body = (await response).text()
  const next = rig.answer()
  await waiting(rig, 1)
  expect(rig.held).toHaveLength(1)
  rig.held[0]!.end()
  await body
  await until('the next one is asked', () => rig.held.length === 2)
  rig.held[1]!.end('next')
  expect(await next).toBe('200 next')
})

it('refuses at once when as many wait as may, and says which limit it is', async () => {
  const rig = await single('pending: 0')
  const first = rig.answer()
  await until('it is asked', () => rig.held.length === 1)
  await expect(rig.ask().response).rejects.toMatchObject({
    code: 'GW_OVERLOADED',
    message: expect.stringMatching(/limits\.inFlight.*limits\.pending/),
  })
  expect(rig.events).toEqual(['refused:pending'])
  rig.held[0]!.end()
  await first
})

it('refuses those who have waited for too long', async () => {
  const rig = await single('pending: 1, pendingTimeout: 50ms')
  const first = rig.answer()
  await until('it is asked', () => rig.held.length === 1)
  await expect(rig.ask().response).rejects.toMatchObject({
    code: 'GW_OVERLOADED',
    message: expect.stringContaining('limits.pendingTimeout'),
  })
  expect(rig.events).toEqual(['refused:timeout'])
  rig.held[0]!.end()
  await first
})

it('forgets those who go away while they wait', async () => {
  const rig = await single('pending: 1')
  const first = rig.answer()
  await until('it is asked', () => rig.held.length === 1)
  const { exchange, response } = rig.ask()
  await waiting(rig, 1)
  exchange.closeByClient()
  await expect(response).rejects.toMatchObject({ code: 'GW_CLIENT_CLOSED' })
  expect(rig.service.limiter!.waiting).toBe(0)
  const next = rig.answer()
  rig.held[0]!.end('1')
  await until('the next one is asked', () => rig.held.length === 2)
  rig.held[1]!.end('2')
  expect([await first, await next]).toEqual(['200 1', '200 2'])
})

it('gives the place of one that goes away in the moment of its turn to the next', async () => {
  const rig = await single('pending: 2')
  const first = rig.answer()
  await until('it is asked', () => rig.held.length === 1)
  const { exchange, response } = rig.ask()
  const next = rig.answer()
  await waiting(rig, 2)
  rig.pool.onFreed = ((freed) => () => {
    freed!()
    exchange.closeByClient()
  })(rig.pool.onFreed)
  rig.held[0]!.end('1')
  await expect(response).rejects.toMatchObject({ code: 'GW_CLIENT_CLOSED' })
  await until('the next one is asked', () => rig.held.length === 2)
  rig.held[1]!.end('2')
  expect([await first, await next]).toEqual(['200 1', '200 2'])
})

it('keeps the place of a request through its retries, and gives it back whatever they come to', async () => {
  const dead = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
  const up = await startUpstream((_, response) => response.writeHead(503).end('later'))
  const yaml =
    'limits: { inFlight: 1, pending: 50 }\nretry: { on: [503], budget: null, backoff: { base: 2ms, most: 2ms } }\nhealth: { passive: null }'
  const rig = await serviceRig(yaml, [...dead, up.address])
  let most = 0
  const answers = Array.from({ length: 20 }, () => rig.answer())
  const done = Promise.all(answers)
  await until('all have come back', async () => {
    most = Math.max(most, rig.pool.inFlight)
    return (await Promise.race([done, undefined])) !== undefined
  })
  expect(new Set(await done)).toEqual(new Set(['503 later']))
  expect(most).toBe(1)
  expect([rig.pool.inFlight, rig.service.limiter!.waiting, rig.service.limiter!.tryEnter()]).toEqual([0, 0, true])
})

it('waits for its turn no longer than all attempts may take', async () => {
  const rig = await single('pending: 1, pendingTimeout: 5s', '{ timeout: 100ms }')
  const first = rig.answer()
  await until('it is asked', () => rig.held.length === 1)
  rig.held[0]!.write('begun')
  await expect(rig.ask().response).rejects.toMatchObject({
    code: 'GW_OVERLOADED',
    message: expect.stringContaining('retry.timeout'),
  })
  rig.held[0]!.end()
  expect(await first).toBe('200 begun')
})
