import { expect, it } from 'vitest'
import { backoffMs, retryAfterMs } from '../../src/proxy/backoff.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { serviceRig } from './service-rig.ts'

const BACKOFF = { baseMs: 25, mostMs: 250 }
const DATE = 'Sat, 28 Nov 2026 12:00:05 GMT'
const WALL_MS = Date.UTC(2026, 10, 28, 12, 0, 0)

it('doubles with each wait, up to a most, and chance takes any part of it', () => {
  const waits = (chance: number) => [0, 1, 2, 3, 4, 50].map((nth) => backoffMs(nth, BACKOFF, () => chance))
  expect(waits(1)).toEqual([25, 50, 100, 200, 250, 250])
  expect(waits(0.5)).toEqual([12.5, 25, 50, 100, 125, 125])
  expect(waits(0)).toEqual([0, 0, 0, 0, 0, 0])
})

it.each([
  [['Retry-After', '3'], 3000],
  [['x', 'retry-after', 'retry-after', ' 120 '], 120_000],
  [['Retry-After', DATE], 5000],
  [['Retry-After', 'Sat, 28 Nov 2026 11:00:00 GMT'], 0],
  [['Retry-After', 'soon'], undefined],
  [['Retry-After', '-1'], undefined],
  [['Retry-After', '1.5'], undefined],
  [['retry', '3'], undefined],
  [[], undefined],
])('reads %j as a wait of %s ms', (headers, wanted) => {
  expect(retryAfterMs(headers, WALL_MS)).toBe(wanted)
})

/** Two instances, of which the first answers 503 with these fields. */
async function refusing(retry: string, headers: Record<string, string> = {}, means = {}) {
  const first = await startUpstream((_, response) => response.writeHead(503, headers).end('later'))
  const second = await startUpstream((_, response) => response.end('up'))
  const rig = await serviceRig(
    `upstream: { responseTimeout: 5s }\nretry: { on: [503], ${retry} }`,
    [first.address, second.address],
    {
      means: { random: () => 1, ...means },
    },
  )
  const timed = async () => {
    const startedMs = performance.now()
    const answer = await rig.answer()
    return { answer, ms: performance.now() - startedMs }
  }
  return { ...rig, first, second, timed }
}

// Timers of Node may ring up to a millisecond early.
const EARLY_MS = 1

it('waits before it asks again', async () => {
  const { timed } = await refusing('backoff: { base: 80ms, most: 80ms }')
  const { answer, ms } = await timed()
  expect(answer).toBe('200 up')
  expect(ms).toBeGreaterThanOrEqual(80 - EARLY_MS)
})

it('waits for as long as the instance asks it to, by seconds or by a date', async () => {
  const seconds = await refusing('backoff: { base: 1ms, most: 1ms }', { 'retry-after': '1' })
  const date = await refusing(
    'backoff: { base: 1ms, most: 1ms }',
    { 'retry-after': DATE },
    { wallMs: () => WALL_MS + 4700 },
  )
  const [one, other] = await Promise.all([seconds.timed(), date.timed()])
  expect([one.answer, other.answer]).toEqual(['200 up', '200 up'])
  expect(one.ms).toBeGreaterThanOrEqual(1000 - EARLY_MS)
  expect(other.ms).toBeGreaterThanOrEqual(300 - EARLY_MS)
  expect(other.ms).toBeLessThan(one.ms)
})

it('passes the answer on at once when the wait is longer than a response may take', async () => {
  const { answer, events, second } = await refusing('backoff: { base: 1ms, most: 1ms }', { 'retry-after': '6' })
  expect(await answer()).toBe('503 later')
  expect([events, second.asked]).toEqual([['retry-denied:deadline'], []])
})

it('passes the answer on at once when the wait does not fit into the time for all attempts', async () => {
  for (const [retry, headers] of [
    ['timeout: 500ms', { 'retry-after': '1' }],
    ['timeout: 500ms, backoff: { base: 500ms, most: 500ms }', {}],
  ] as const) {
    const { timed, events, second } = await refusing(retry, headers)
    const { answer, ms } = await timed()
    expect(answer).toBe('503 later')
    expect(ms).toBeLessThan(500)
    expect([events, second.asked]).toEqual([['retry-denied:deadline'], []])
  }
})

it('stops waiting when the client goes away', async () => {
  const { ask, first, second, pool } = await refusing('', { 'retry-after': '5' })
  const { exchange, response } = ask()
  await until('the first one has answered', () => first.asked.length === 1 && exchange.upstreamMs !== undefined)
  exchange.closeByClient()
  await expect(response).rejects.toMatchObject({ code: 'GW_CLIENT_CLOSED' })
  expect(pool.inFlight).toBe(0)
  expect(second.asked).toEqual([])
})

it('keeps the answer through the wait: when nobody is left by then, it goes to the client', async () => {
  const { ask, pool } = await refusing('backoff: { base: 60ms, most: 60ms }')
  const { exchange, response } = ask()
  await until('the first one has answered', () => exchange.upstreamMs !== undefined)
  pool.update([...pool.endpoints].slice(0, 1).map(({ instance }) => instance))
  const { status } = await response
  expect([status, await (await response).text()]).toEqual([503, 'later'])
  expect(exchange.upstreamMs).toBeGreaterThan(0)
})
