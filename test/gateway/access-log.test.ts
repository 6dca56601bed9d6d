import { expect, it } from 'vitest'
import { LiveEndpoint } from '../../src/balancing/index.ts'
import { accessLog, type Result } from '../../src/gateway/access-log.ts'
import { instance } from '../../src/plugin/index.ts'
import type { Exchange } from '../../src/proxy/index.ts'

const result: Result = { status: 200, bytes: 312, durationMs: 12.3456, ending: 'complete' }

function logged(fields: object): { line: string; entry: Record<string, unknown> } {
  const lines: string[] = []
  const exchange = { id: 'r-1', service: '', clientAddress: '10.0.0.9', method: 'GET', rawTarget: '/', ...fields }
  accessLog({ write: (line) => lines.push(String(line)) })(exchange as unknown as Exchange, result)
  return { line: lines[0]!, entry: JSON.parse(lines[0]!) }
}

it('says who asked what, who answered, how long it took and how it ended', () => {
  const endpoint = new LiveEndpoint(instance({ host: '10.0.0.1', port: 80 }))
  const route = { service: 'shop' }
  const { entry } = logged({ route, service: 'shop', endpoint, attempts: 2, upstreamMs: 0.994, rawTarget: '/shop?q=1' })
  expect(entry).toMatchObject({
    type: 'access',
    requestId: 'r-1',
    client: '10.0.0.9',
    method: 'GET',
    target: '/shop?q=1',
    service: 'shop',
    instance: '10.0.0.1:80',
    attempts: 2,
    status: 200,
    bytes: 312,
    durationMs: 12.35,
    upstreamMs: 0.99,
    end: 'complete',
  })
})

it('says of each request what is true of it, whatever it has said of the client and the instance before', () => {
  const endpoint = new LiveEndpoint(instance({ host: '10.0.0.1', port: 80 }))
  for (const said of [
    { service: 'shop', httpVersion: '1.1' },
    { service: 'cart', httpVersion: '2.0' },
    { service: 'shop', httpVersion: '1.1' },
  ])
    expect(logged({ ...said, endpoint, attempts: 1 }).entry).toMatchObject({ ...said, instance: '10.0.0.1:80' })
})

it('says who has asked, of however many', () => {
  const clients = Array.from({ length: 1100 }, (_, i) => `10.0.${i >> 8}.${i & 255}`)
  const told = [...clients, ...clients].map((clientAddress) => logged({ clientAddress }).entry.client)
  expect(told).toEqual([...clients, ...clients])
})

it('leaves out what there was not', () => {
  const { entry } = logged({ code: 'GW_ROUTE_NOT_FOUND' })
  expect(entry).toMatchObject({ code: 'GW_ROUTE_NOT_FOUND' })
  expect(Object.keys(entry)).not.toContain('service')
  expect(Object.keys(entry)).not.toContain('upstreamMs')
})

it.each(['"', '\\', '\n', '\u0000', '\u007f', 'é', '日本', '\ud83d', '","status":999'])(
  'writes %j of a caller as ASCII that reads back the same, on one line',
  (text) => {
    const { line, entry } = logged({ rawTarget: text, clientAddress: text })
    expect(entry).toMatchObject({ target: text, client: text, status: 200 })
    expect(line).toMatch(/^[\x20-\x7e]+\n$/)
  },
)
