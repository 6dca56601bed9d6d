import { expect, it } from 'vitest'
import type { Reading } from '../../src/gateway/index.ts'
import { view } from '../contract/index.ts'
import { pushed } from '../support/pushed.ts'
import { asked, NOTHING_COUNTED, standing, standingOf } from './asked.ts'

const [A, B] = ['10.0.0.1:80', '10.0.0.2:80']
/** A little more than the gateway waits between two looks at who is gone. */
const LOOK_MS = 301_000

const READING: Reading = {
  requests: [
    ['a', A, 200, 3],
    ['a', B, 200, 4],
    ['a', '', 503, 1],
    ['b', A, 200, 5],
    ['', '', 404, 6],
  ],
  problems: [],
  shed: [],
  latency: [
    ['a', Array(14).fill(1), 1],
    ['b', Array(14).fill(1), 1],
  ],
  events: [
    ['retry', 'a', 'connect', 1],
    ['retry', 'b', 'connect', 1],
  ],
  standings: [standing('a', { endpoints: [A, B].map((id) => standingOf(id, { picks: 1 })) }), standing('b')],
  connections: { open: 2, refused: [['tls', 1]] },
}

async function counted() {
  const adapter = pushed()
  const { metrics, context, standings } = await asked([], { adapter, settleMs: 0 })
  await adapter.push(view({ a: [A, B], b: [A] }))
  standings.take(1, READING.standings)
  metrics.add(1, READING)
  const look = () => {
    context.advance(LOOK_MS)
    metrics.add(1, NOTHING_COUNTED)
  }
  const samples = async () =>
    (await metrics.render()).split('\n').filter((line) => line.startsWith('portolan_') && line.includes('{service="'))
  return { adapter, look, samples, metrics }
}

it('keeps what is counted for those who are registered', async () => {
  const { look, samples } = await counted()
  const before = await samples()
  look()
  look()
  expect(await samples()).toEqual(before)
})

it('forgets, the second time it looks, what was counted for an instance that has left', async () => {
  const { adapter, look, samples } = await counted()
  const before = await samples()
  await adapter.push(view({ a: [A], b: [A] }))
  look()
  expect(await samples()).toEqual(before)
  look()
  expect(await samples()).toEqual(before.filter((line) => !line.includes(B)))
})

it('forgets all of a service that is no more', async () => {
  const { adapter, look, samples } = await counted()
  const before = await samples()
  await adapter.push(view({ a: [A, B] }))
  look()
  look()
  expect(await samples()).toEqual(before.filter((line) => !line.includes('service="b"')))
})

it('keeps the counts of an instance that has come back in time', async () => {
  const { adapter, look, samples } = await counted()
  const before = await samples()
  await adapter.push(view({ a: [A], b: [A] }))
  look()
  await adapter.push(view({ a: [A, B], b: [A] }))
  look()
  await adapter.push(view({ a: [A], b: [A] }))
  look()
  expect(await samples()).toEqual(before)
})
