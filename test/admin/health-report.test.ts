import { describe, expect, it } from 'vitest'
import type { InstanceReport } from '../../src/admin/index.ts'
import { view } from '../contract/index.ts'
import { active } from '../health/settings.ts'
import { until } from '../support/until.ts'
import { type AskedOptions, asked, standing, standingOf } from './asked.ts'

const [A, B] = ['10.0.0.1:80', '10.0.0.2:80']

const TWO = { workers: 2 } as const

async function serving(options: AskedOptions = TWO) {
  const all = await asked([view({ a: [A, B] })], options)
  const instances = async (): Promise<readonly InstanceReport[]> => (await all.get('/api/services/a')).instances
  return { ...all, instances }
}

describe('a service, as all workers together see it', () => {
  it('is at rest until somebody asks for it', async () => {
    const { get } = await serving()
    const rest = { inFlight: 0, pending: 0, panic: false, budgetLeft: null, breaker: null, limit: null }
    expect(await get('/api/services/a')).toMatchObject(rest)
  })

  it('has the sums of their loads, and the worst of their states', async () => {
    const { get, standings } = await serving()
    standings.take(1, [standing('a', { inFlight: 2, pending: 1, budgetLeft: 5, breaker: 'closed', limit: 10 })])
    standings.take(2, [standing('a', { inFlight: 3, panic: true, budgetLeft: 4, breaker: 'half-open', limit: 12 })])
    const both = { inFlight: 5, pending: 1, panic: true, budgetLeft: 9, breaker: 'half-open', limit: 22 }
    expect(await get('/api/services/a')).toMatchObject(both)
  })

  it('loses what a worker had when that dies', async () => {
    const { get, standings } = await serving()
    standings.take(1, [standing('a', { inFlight: 2, limit: 10 })])
    standings.take(2, [standing('a', { inFlight: 3, limit: 10 })])
    standings.drop(1)
    expect(await get('/api/services/a')).toMatchObject({ inFlight: 3, limit: 10 })
  })
})

describe('an instance, as all workers together see it', () => {
  it('has the sum of its requests, the mean of its latencies and the longest of its ejections', async () => {
    const { instances, standings } = await serving()
    const ejected = { why: 'ejected', ejectedForMs: 2000 }
    standings.take(1, [standing('a', { endpoints: [standingOf(A, { inFlight: 1, latencyMs: 10, ...ejected })] })])
    standings.take(2, [
      standing('a', { endpoints: [standingOf(A, { inFlight: 2, latencyMs: 20, ...ejected, ejectedForMs: 5000 })] }),
    ])
    expect(await instances()).toMatchObject([
      { id: A, inFlight: 3, latencyMs: 15, fit: false, why: 'ejected', ejectedForMs: 5000 },
      { id: B, inFlight: 0, latencyMs: null, fit: true },
    ])
  })

  it('is fit as long as one worker offers it', async () => {
    const { instances, standings } = await serving()
    const ejected = standingOf(A, { why: 'ejected', ejectedForMs: 2000 })
    standings.take(1, [standing('a', { endpoints: [ejected] })])
    expect((await instances())[0]).toMatchObject({ fit: true, why: 'ejected in 1 of 2 workers' })
    standings.take(2, [standing('a', { endpoints: [ejected] })])
    expect((await instances())[0]).toMatchObject({ fit: false, why: 'ejected' })
    standings.take(1, [standing('a', { endpoints: [standingOf(A)] })])
    expect((await instances())[0]).toMatchObject({ fit: true, why: 'ejected in 1 of 2 workers' })
  })

  it('is not fit while it drains, whatever workers have said before', async () => {
    const { instances, standings, post } = await serving()
    standings.take(1, [standing('a', { endpoints: [standingOf(A, { inFlight: 4 })] })])
    await post(`/api/services/a/instances/${encodeURIComponent(A)}/drain`)
    const drained = { status: 'draining', fit: false, why: 'draining', drainedBy: 'admin', inFlight: 4 }
    expect((await instances())[0]).toMatchObject(drained)
  })
})

describe('an instance that is probed', () => {
  it('shows what the last probe came to, and is not fit when that failed', async () => {
    const ill = new Set([B])
    const { instances, prober } = await serving({ ...TWO, active: active(), ill })
    await until('both were probed', () => [...prober.verdicts()].length === 2)
    const at = '1970-01-01T00:00:00.000Z'
    expect(await instances()).toMatchObject([
      { id: A, fit: true, probe: { state: 'up', at } },
      { id: B, fit: false, why: 'probe failed', probe: { state: 'down', at, reason: 'status 503' } },
    ])
  })

  it('is fit all the same while health is ignored', async () => {
    const { instances, prober, standings } = await serving({ ...TWO, active: active(), ill: new Set([A, B]) })
    await until('both were probed', () => [...prober.verdicts()].length === 2)
    standings.take(1, [standing('a', { panic: true, endpoints: [standingOf(A), standingOf(B)] })])
    expect(await instances()).toMatchObject([{ fit: true }, { fit: true }])
  })

  it('is fit when all fail, though nobody has asked for the service yet', async () => {
    const { instances, prober } = await serving({ ...TWO, active: active(), ill: new Set([A, B]) })
    await until('both were probed', () => [...prober.verdicts()].length === 2)
    expect(await instances()).toMatchObject([{ fit: true, probe: { state: 'down' } }, { fit: true }])
  })

  it('waits for its first probe unless nobody is up', async () => {
    const { instances, prober, registry } = await serving({ ...TWO, active: active() })
    expect(await instances()).toMatchObject([
      { fit: true, probe: { state: 'unknown' } },
      { fit: true, probe: { state: 'unknown' } },
    ])
    await until('both were probed', () => [...prober.verdicts()].length === 2)
    const [one] = registry.table.get('a')!.instances
    prober.apply({
      services: [{ name: 'a', instances: [{ ...one!, port: 81 }], gone: [] }],
      removed: [],
      complete: true,
    })
    expect((await instances())[0]).toMatchObject({ fit: false, why: 'not probed yet', probe: { state: 'unknown' } })
  })
})
