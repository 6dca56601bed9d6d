import { expect, it } from 'vitest'
import { Metrics } from '../../src/admin/index.ts'
import { LiveEndpoint } from '../../src/balancing/index.ts'
import { accessLog } from '../../src/gateway/index.ts'
import { instance } from '../../src/plugin/index.ts'
import { exchangeOfRequest } from '../../src/proxy/index.ts'
import { Registry } from '../../src/registry/index.ts'
import { pluginContext } from '../contract/index.ts'
import { page, rows } from './pages.ts'

const described = rows(page('operations'))

it('lists every metric, with its labels, and no other', async () => {
  const metrics = new Metrics({ registry: anyRegistry(), workers: () => 1 })
  metrics.add({
    requests: [['a', '10.0.0.1:80', 200, 1]],
    problems: [['GW_NO_ENDPOINT', 1]],
    latency: [['a', Array(14).fill(1), 1]],
    events: [],
    standings: [],
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

function anyRegistry(): Registry {
  const adapter = { async *watch() {} }
  const spec = { name: 'one', type: 'any', adapter, merge: 'union', onEmpty: 'hold', settleMs: 0 } as const
  return new Registry([spec], { ...pluginContext(), delayMs: () => 0, reaches: async () => false })
}

function labelsOf(name: string, text: string): string {
  const [, labels = ''] = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'm').exec(text) ?? []
  const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => `\`${label}\``)
  return names.filter((label) => label !== '`le`').join(', ')
}
