import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { createGateway } from '../../src/index.ts'
import { instance } from '../../src/plugin/index.ts'

/** What one middleware of a service makes of a request; the service has no instance, so that 503 is what lies behind it. */
async function through(middleware: object | string, headers: Record<string, string> = {}): Promise<Response> {
  const registry = { kind: 'adapter', name: 'still', create: () => ({ watch }) } as const
  const config = { registry: 'still', services: { a: { middleware: [middleware] } } }
  const errors: string[] = []
  const ignore = () => undefined
  const log = { debug: ignore, info: ignore, warn: ignore, error: (_: object, message: string) => errors.push(message) }
  const gateway = await createGateway(config, { plugins: [registry], log })
  onTestFinished(() => gateway.close())
  await gateway.start()
  const response = await gateway.fetch(new Request('http://gateway/services/a/', { headers }))
  expect(errors).toEqual([])
  return response
}

async function* watch(signal: AbortSignal) {
  yield new Map([['a', [instance({ host: '127.0.0.1', port: 1, status: 'down' })]]])
  await once(signal, 'abort')
}

it.each([
  ['basic-auth', { username: 'ada', password: 'b' }, `Basic ${btoa('ada:b')}`, `Basic ${btoa('ada:c')}`],
  ['bearer-auth', { token: 'secret' }, 'Bearer secret', 'Bearer guess'],
  ['bearer-auth', { token: ['old', 'new'] }, 'Bearer old', 'Bearer older'],
])('%s with %j answers 401 by itself, and lets %j pass', async (type, options, right, wrong) => {
  const refused = await through({ type, options })
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toMatch(/^(Basic|Bearer)/)
  expect(refused.headers.has('x-portolan-error')).toBe(false)
  expect((await through({ type, options }, { authorization: wrong })).status).toBe(401)
  expect((await through({ type, options }, { authorization: right })).status).toBe(503)
})

it.each(['request-id', 'cors', 'compress', 'etag', 'secure-headers'])('%s needs no options', async (type) => {
  expect((await through(type)).status).toBe(503)
})
