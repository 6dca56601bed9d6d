import { expect, it, onTestFinished } from 'vitest'
import { Metrics, Standings } from '../../src/admin/index.ts'
import { LiveEndpoint } from '../../src/balancing/index.ts'
import { accessLog } from '../../src/gateway/index.ts'
import { Prober } from '../../src/health/index.ts'
import { instance } from '../../src/plugin/index.ts'
import { exchangeOfRequest, type Tunnel } from '../../src/proxy/index.ts'
import { Registry } from '../../src/registry/index.ts'
import { standing, standingOf } from '../admin/asked.ts'
import { pluginContext } from '../contract/index.ts'
import { active } from '../health/settings.ts'
import { page, rows } from './pages.ts'

const described = rows(page('operations'))

it('lists every metric, with its labels, and no other', async () => {
  const { registry, prober } = anyPlanes()
  const standings = new Standings()
  const metrics = new Metrics({ registry, prober, standings, workers: () => 1, now: () => 0 })
  const endpoints = [standingOf('10.0.0.1:80', { picks: 1 })]
  const told = standing('a', { budgetLeft: 1, breaker: 'closed', limit: 1, endpoints })
  standings.take(1, [told])
  metrics.add(1, {
    requests: [['a', '10.0.0.1:80', 200, 1]],
    problems: [['GW_NO_ENDPOINT', 1]],
    shed: [['lag', 1]],
    latency: [['a', Array(14).fill(1), 1]],
    events: EVENTS.map((event) => [event, 'a', 'any', 1]),
    standings: [told],
    connections: { open: 1, refused: [['tls', 1]] },
  })
  const text = await metrics.render()
  const names = [...text.matchAll(/^# TYPE (portolan_\S+)/gm)].map(([, name]) => name!)
  const own = names.filter((name) => !name.startsWith('portolan_primary_'))
  expect([...described.keys()].filter((name) => name.startsWith('portolan_')).sort()).toEqual(own.sort())
  for (const name of own) expect([name, described.get(name)?.[0]]).toEqual([name, labelsOf(name, text)])
})

it('lists every field of the access line, in its order, and no other', () => {
  const lines: string[] = []
  const exchange = exchangeOfRequest('1', 0, new Request('http://gateway/services/a/'))
  exchange.route = { service: 'a', path: '/', prefix: '', mode: 'path', dropHeaders: [], middleware: undefined }
  exchange.endpoint = new LiveEndpoint(instance({ host: '10.0.0.1', port: 80 }))
  exchange.upstreamMs = 1
  exchange.tunnel = { bytesReceived: 1 } as Tunnel
  exchange.code = 'GW_UPSTREAM_RESET'
  accessLog({ write: (line) => lines.push(String(line)) })(exchange, {
    status: 502,
    bytes: 1,
    durationMs: 1,
    ending: 'complete',
  })
  const fields = Object.keys(JSON.parse(lines[0]!))
  expect([...described.keys()].filter((field) => /^[a-zA-Z]+$/.test(field))).toEqual(fields)
})

const EVENTS = ['retry', 'retry-denied', 'hedge', 'ejection', 'readmission', 'refused', 'tunnel'] as const

function anyPlanes() {
  const context = pluginContext()
  const adapter = { async *watch() {} }
  const spec = { name: 'one', type: 'any', adapter, merge: 'union', onEmpty: 'hold', settleMs: 0 } as const
  const registry = new Registry([spec], { ...context, delayMs: () => 0, reaches: async () => false })
  const probe = { settings: () => active(), probe: async () => null, failing: () => undefined, wallMs: () => 0 }
  const prober = new Prober({ ...context, ...probe })
  onTestFinished(() => prober.close())
  prober.apply({ services: [{ name: 'a', instances: [] }], removed: [], complete: true })
  return { registry, prober }
}

function labelsOf(name: string, text: string): string {
  const [, labels = ''] = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'm').exec(text) ?? []
  const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => `\`${label}\``)
  return names.filter((label) => label !== '`le`').join(', ')
}
