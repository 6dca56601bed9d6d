import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from '../catalog/folder.ts'
import { call } from '../support/call.ts'
import { MAIN, startGateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import { freePort } from '../support/zookeeper-probe.ts'

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

function explain(cwd: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'explain', ...args], { cwd }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

const SERVICES = {
  orders: ['127.0.0.1:9', { address: '127.0.0.2:9', status: 'draining', zone: 'b\u001b[2J' }],
  empty: [],
}

async function running(workers: number) {
  const port = await freePort()
  const gateway = await startGateway(`server: { workers: ${workers} }\nadmin: { port: ${port} }`, {
    services: SERVICES,
  })
  return gateway
}

describe.each([0, 2])('with %i workers', (workers) => {
  it('says what the running gateway would do, and why', async () => {
    const { folder: cwd } = await running(workers)
    const { code, out, err } = await explain(cwd, 'GET', '/services/orders/7?a=1')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.trimEnd().split('\n')).toEqual([
      'GET /services/orders/7?a=1',
      'route     path: service orders, path /7?a=1, prefix /services/orders taken off',
      'strategy  p2c',
      '',
      expect.stringMatching(/^ +INSTANCE +ZONE +TIER +WEIGHT +IN FLIGHT +LATENCY +SCORE +NOTE$/),
      expect.stringMatching(/^> +127\.0\.0\.1:9 +0 +1 +0 +1 +picked$/),
      expect.stringMatching(/^ +127\.0\.0\.2:9 +b\?\[2J +0 +1 +0 +1 +draining$/),
    ])
  })

  it('answers machines in JSON, and a failure with 1', async () => {
    const { folder: cwd } = await running(workers)
    const byHeaders = await explain(cwd, 'post', '/', '-H', 'service_name: orders', '-H', 'api_name: /x', '--json')
    expect(JSON.parse(byHeaders.out)).toMatchObject({
      request: { method: 'POST', target: '/' },
      route: { mode: 'headers', service: 'orders', path: '/x' },
      pick: { id: '127.0.0.1:9', by: 'strategy' },
    })
    for (const [url, problem] of [
      ['/services/empty/', '503 GW_NO_ENDPOINT'],
      ['/services/none/', '404 GW_SERVICE_NOT_FOUND'],
      ['/none', '404 GW_ROUTE_NOT_FOUND'],
    ] as const) {
      const { code, out } = await explain(cwd, 'GET', url)
      expect({ url, code }).toEqual({ url, code: 1 })
      expect(out).toContain(`answer    ${problem}: `)
    }
  })

  it('sends nothing, and counts as no request', async () => {
    const upstream = await startUpstream((_request, response) => response.end())
    const gateway = await startGateway(`server: { workers: ${workers} }`, { services: { a: [upstream.address] } })
    const asked = { method: 'POST', body: '{"method":"GET","url":"/services/a/"}' }
    const answer = await call(`${gateway.adminUrl}/api/explain`, asked)
    expect(JSON.parse(answer.text).pick.id).toBe(upstream.address)
    expect(upstream.asked).toEqual([])
  })
})

it('reads the registry itself where no gateway runs', async () => {
  const port = await freePort()
  const cwd = folder({
    'gateway.yaml': `registry: { type: static-file, options: { path: services.yaml } }\nadmin: { port: ${port} }\n`,
    'services.yaml': JSON.stringify({ services: SERVICES }),
  })
  const { code, out, err } = await explain(cwd, 'gateway.yaml', 'GET', 'http://shop.example/services/orders/')
  expect(code).toBe(0)
  expect(err).toBe(`no gateway answers at 127.0.0.1:${port}; reading the registry itself: static-file\n`)
  expect(out).toMatch(/^> +127\.0\.0\.1:9 .*picked$/m)
})

it('says what is wrong with its arguments with 64, and with the file with 78', async () => {
  const cwd = folder({ 'gateway.yaml': 'registry: none\n' })
  for (const args of [[], ['GET'], ['a', 'GET', '/', 'more'], ['GET', '/', '-H', 'no field']]) {
    const { code, err } = await explain(cwd, ...args)
    expect({ args, code }).toEqual({ args, code: 64 })
    expect(err).not.toBe('')
  }
  const { code, err } = await explain(cwd, join(cwd, 'gateway.yaml'), 'GET', '/')
  expect(code).toBe(78)
  expect(err).toContain('none')
})
