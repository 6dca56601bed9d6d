import { expect, it } from 'vitest'
import type { InstanceReport, ServiceReport } from '../../src/admin/index.ts'
import type { Holdings } from '../../src/cli/holdings.ts'
import { changesBetween, table } from '../../src/cli/services-table.ts'
import { instance } from '../../src/plugin/index.ts'

const registry = { sources: [{ name: 'one', state: 'live' }], leftOut: [], held: [] }

function holdings(...instances: Partial<InstanceReport>[]): Holdings {
  const all = instances.map((fields) => ({ ...instance({ host: '10.0.0.1', port: 80 }), fit: true, ...fields }))
  const service: Partial<ServiceReport> = { name: 's', instances: all, ...('inFlight' in all[0]! && { inFlight: 0 }) }
  return { registry, services: [service] } as unknown as Holdings
}

/** The columns from STATUS on, of each instance. */
function shown(...instances: Partial<InstanceReport>[]): string[] {
  const [head, ...lines] = table(holdings(...instances)).split('\n')
  return lines.slice(0, instances.length).map((line) => line.slice(head!.indexOf('STATUS')).replaceAll(/ +/g, ' '))
}

const live = { inFlight: 0, latencyMs: null }

it('says of each instance that is up how it is', () => {
  const probe = { state: 'down', reason: 'status 503' } as const
  expect(
    shown(
      live,
      { ...live, fit: false, why: 'ejected', ejectedForMs: 11_200 },
      { ...live, fit: true, why: 'ejected in 1 of 2 workers', ejectedForMs: 11_200 },
      { ...live, fit: false, why: 'probe failed', probe },
      { ...live, fit: false, why: 'not probed yet', probe: { state: 'unknown' } },
      { ...live, status: 'draining', fit: false, why: 'draining' },
      { ...live, status: 'draining', fit: false, why: 'draining', drainedBy: 'admin', inFlight: 2 },
      { ...live, why: 'kept: recovering', held: { reason: 'recovering', forMs: 5000 } },
      { fit: false, why: 'cannot be connected to' },
    ),
  ).toEqual([
    'up ok',
    'up ejected for 12 s',
    'up ejected in 1 of 2 workers',
    'up probe failed: status 503',
    'up not probed yet',
    'draining',
    'draining drained by the admin, 2 in flight',
    'up ok kept: recovering, absent for 5 s',
    'up cannot be connected to',
  ])
})

it('has no column for what only a running gateway knows where there is none', () => {
  const [head] = table(holdings({})).split('\n')
  expect(head).toMatch(/STATUS +NOTE$/)
})

it('takes no request, latency, countdown or probe for a change, but another health', () => {
  const at = (second: number) => ({ state: 'up', at: `1970-01-01T00:00:0${second}.000Z` }) as const
  const before = holdings({ ...live, latencyMs: 1, probe: at(1) })
  const after = holdings({ ...live, inFlight: 3, latencyMs: 2, probe: at(2) })
  expect([...changesBetween(before, after)]).toEqual([])
  const ejected = (ms: number) => holdings({ ...live, fit: false, why: 'ejected', ejectedForMs: ms })
  expect([...changesBetween(after, ejected(2000))]).toMatchObject([{ change: 'changed', service: 's' }])
  expect([...changesBetween(ejected(2000), ejected(1000))]).toEqual([])
})
