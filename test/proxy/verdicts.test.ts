import { expect, it } from 'vitest'
import type { BalancingStrategy } from '../../src/plugin/index.ts'
import { until } from '../support/until.ts'
import { type Answer, startRawUpstream, startUpstream } from '../support/upstream.ts'
import { freePort } from '../support/zookeeper-probe.ts'
import { serviceRig } from './service-rig.ts'

/** What the strategy of the service was told. */
function observing() {
  const told: string[] = []
  const strategy: BalancingStrategy = {
    pick: (endpoints) => endpoints[0]!,
    observe: (_, __, failed) => void told.push(failed ? 'failed' : 'ok'),
  }
  return { told, strategy }
}

const answering = async (answer: Answer) => (await startUpstream(answer)).address
const SETTINGS = `upstream: { responseTimeout: 60ms }
retry: { on: [], attempts: 1 }
health: { passive: { consecutiveFailures: 2, ejectFor: 30s } }`

it.each<[string, string, Answer]>([
  ['an answer', 'ok', (_, response) => response.end('up')],
  ['a status of 404', 'ok', (_, response) => response.writeHead(404).end()],
  ['a status of 500', 'failed', (_, response) => response.writeHead(500).end()],
  ['a reset', 'failed', (request) => request.socket.resetAndDestroy()],
  ['what is not HTTP', 'failed', (request) => request.socket.end('garbage\r\n\r\n')],
  ['no head in time', 'failed', () => undefined],
])('after %s the endpoint is observed as %s', async (_, wanted, answer) => {
  const { told, strategy } = observing()
  const rig = await serviceRig(SETTINGS, [await answering(answer)], { strategy })
  await rig.answer()
  expect(told).toEqual([wanted])
})

it('after a refused connection it is observed as failed', async () => {
  const { told, strategy } = observing()
  const rig = await serviceRig(SETTINGS, [`127.0.0.1:${await freePort()}`], { strategy })
  await rig.answer()
  expect(told).toEqual(['failed'])
})

it('an event stream says nothing about how fast an endpoint is', async () => {
  const { told, strategy } = observing()
  const address = await answering((_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).end('data: 1\n\n'),
  )
  const { answer, pool } = await serviceRig(SETTINGS, [address], { strategy })
  expect(await answer()).toBe('200 data: 1\n\n')
  expect(told).toEqual([])
  expect([...pool.endpoints].map(({ latencyMs }) => latencyMs)).toEqual([0])
})

it('nobody is blamed when the client goes away, nor for a request body that breaks or stops coming', async () => {
  const { told, strategy } = observing()
  const silent = await startUpstream(() => undefined)
  const { ask, answer, pool } = await serviceRig(SETTINGS, [silent.address], { strategy })
  const { exchange, response } = ask()
  await until('it is asked', () => silent.asked.length === 1)
  exchange.closeByClient()
  await expect(response).rejects.toMatchObject({ code: 'GW_CLIENT_CLOSED' })
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('broken')) })
  expect(await answer(upload(broken))).toBe('GW_BAD_REQUEST')
  expect(await answer(upload(new ReadableStream()))).toBe('GW_REQUEST_TIMEOUT')
  expect(told).toEqual([])
  expect(pool.inFlight).toBe(0)
})

const upload = (body: ReadableStream) => ({ method: 'POST', body, duplex: 'half' }) as RequestInit

it('a kept connection that died in its reuse is no failure of the instance', async () => {
  const { told, strategy } = observing()
  const raw = await startRawUpstream((socket) => {
    let requests = 0
    socket.on('data', () => {
      if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup')
      else socket.destroy()
    })
  })
  const { answer } = await serviceRig(SETTINGS, [raw.address], { strategy })
  expect([await answer(), await answer({ method: 'POST' })]).toEqual(['200 up', 'GW_UPSTREAM_RESET'])
  expect(told).toEqual(['ok'])
})

it('failures in a row eject, and are counted', async () => {
  const failing = await startUpstream((_, response) => response.writeHead(500).end())
  const { answer, pool, events } = await serviceRig(SETTINGS, [failing.address, await answering((_, r) => r.end('up'))])
  for (let i = 0; i < 4; i++) await answer()
  expect(failing.asked).toHaveLength(2)
  expect(events).toEqual(['ejection:consecutive'])
  expect([...pool.endpoints].map((endpoint) => pool.why(endpoint))).toEqual(['ejected', undefined])
})

it('an answer that breaks off in its body is a failure, whatever its head said', async () => {
  const breaking = await startUpstream((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setImmediate(() => request.socket.destroy())
  })
  const { answer, events } = await serviceRig(SETTINGS, [breaking.address, await answering((_, r) => r.end('up'))])
  for (let i = 0; i < 2; i++) expect(await answer()).toMatch(/broke|reset|closed/i)
  expect(events).toEqual(['ejection:consecutive'])
  expect(await answer()).toBe('200 up')
})

it('after its time an ejected endpoint gets one request, which readmits it', async () => {
  let healthy = false
  let aheadMs = 0
  const first = await startUpstream((_, response) => response.writeHead(healthy ? 200 : 500).end('first'))
  const { answer, events, pool } = await serviceRig(SETTINGS, [first.address, await answering((_, r) => r.end('up'))], {
    means: { now: () => performance.now() + aheadMs },
  })
  for (let i = 0; i < 2; i++) expect(await answer()).toBe('500 first')
  expect(await answer()).toBe('200 up')
  aheadMs = 40_000
  expect(await answer()).toBe('500 first')
  expect(await answer()).toBe('200 up')
  healthy = true
  aheadMs = 200_000
  for (let i = 0; i < 3; i++) expect(await answer()).toBe('200 first')
  expect(events).toEqual(['ejection:consecutive', 'ejection:trial', 'readmission:'])
  expect([...pool.endpoints].map(({ trial }) => trial)).toEqual(['none', 'none'])
})
