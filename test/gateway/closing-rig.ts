import { once } from 'node:events'
import type { MiddlewareHandler } from 'hono'
import { onTestFinished } from 'vitest'
import { createGateway } from '../../src/index.ts'
import { instance } from '../../src/plugin/index.ts'

/** A gateway in this process, with one service `up` and a middleware before all. */
export async function gatewayBefore(port: number, handler: MiddlewareHandler, settings: object = {}): Promise<number> {
  return (await startBefore(port, handler, settings)).port
}

/** The same, with the gateway at hand. */
export async function startBefore(port: number, handler: MiddlewareHandler, settings: object = {}) {
  const watch = async function* (signal: AbortSignal) {
    yield new Map([['up', [instance({ host: '127.0.0.1', port })]]])
    await once(signal, 'abort')
  }
  const still = { kind: 'adapter', name: 'still', create: () => ({ watch }) } as const
  const mine = { kind: 'middleware', name: 'mine', create: () => handler } as const
  const server = { host: '127.0.0.1', port: 0 }
  const gateway = await createGateway(
    { registry: 'still', server, middleware: ['mine'], ...settings },
    { plugins: [still, mine], lines: { write: () => undefined } },
  )
  await gateway.start()
  onTestFinished(() => gateway.close())
  return { gateway, port: (await gateway.listen()).port }
}
