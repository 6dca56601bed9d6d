import { describe, expect, it } from 'vitest'
import { freePorts } from '../support/ports.ts'
import { RawClient } from '../support/raw.ts'
import { startBefore } from './closing-rig.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

/** Whether anybody could see a request makes another way to the answer. */
describe.each([
  ['without middleware', { middleware: [] }],
  ['with middleware before all', {}],
  ['with middleware of a service', { middleware: [], services: { up: { middleware: ['mine'] } } }],
])('%s', (_, settings) => {
  const startWithNobody = async () => startBefore((await freePorts(1))[0]!, (_c, next) => next(), settings)

  it.each([
    ['no route', '/elsewhere/', 404, 'GW_ROUTE_NOT_FOUND'],
    ['no service of the name', '/services/nobody/', 404, 'GW_SERVICE_NOT_FOUND'],
    ['no instance that can be reached', '/services/up/', 502, 'GW_UPSTREAM_UNREACHABLE'],
  ])('where there is %s, the client is told so and its connection stays', async (_what, path, status, code) => {
    const { port } = await startWithNobody()
    const client = await RawClient.open(port)
    for (let times = 0; times < 2; times++) {
      const answer = await client.write(get(path)).response()
      expect([answer.status, answer.header('x-portolan-error')]).toEqual([status, code])
      expect(answer.header('content-type')).toBe('application/problem+json')
      expect(answer.header('connection')).not.toBe('close')
    }
  })

  it('a connection that is told of a problem while the gateway goes is closed', async () => {
    const { port, gateway } = await startWithNobody()
    const client = await RawClient.open(port)
    await client.write(get('/services/up/')).response()
    const closed = gateway.close()
    client.write(get('/services/up/') + get('/services/up/'))
    const answer = await client.response()
    expect([answer.status, answer.header('connection')]).toEqual([502, 'close'])
    await client.closed()
    expect(client.received).toBe('')
    await closed
  })
})
