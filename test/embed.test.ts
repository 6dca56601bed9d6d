import type { ServerResponse } from 'node:http'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createGateway } from '../src/embed.ts'
import { Meter } from '../src/gateway/index.ts'
import { instance, type Plugin } from '../src/plugin/index.ts'
import { scripted, view } from './contract/index.ts'
import { startProbed } from './support/probed.ts'
import { until } from './support/until.ts'
import { startUpstream } from './support/upstream.ts'

it('a gateway within another program probes its instances, and stops when it is closed', async () => {
  const [good, bad] = [await startProbed(), await startProbed(false)]
  const table = new Map([['s', [good, bad].map(({ port }) => instance({ host: '127.0.0.1', port }))]])
  const adapter: Plugin = { kind: 'adapter', name: 'scripted', create: () => scripted(table) }
  const active = { path: '/health', interval: '20ms', fastInterval: '20ms' }
  const gateway = await createGateway(
    { registry: { type: 'scripted', snapshot: null }, health: { passive: null, active, panicBelow: 0 } },
    { plugins: [adapter] },
  )
  onTestFinished(() => gateway.close())
  await gateway.start()
  const answer = async () => (await gateway.fetch(new Request('http://gateway/services/s/'))).text()
  await until('only the good one answers', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, answer))
    return answers.every((address) => address === good.address)
  })
  expect(bad.probes).toBeGreaterThan(0)
  await gateway.close()
  await until('no probe is under way', () => good.sockets.size + bad.sockets.size === 0)
})

it('has all that the settings allow, whatever number of workers they name: it is the only one', async () => {
  const held: ServerResponse[] = []
  const { address } = await startUpstream((_, response) => void held.push(response))
  const adapter: Plugin = { kind: 'adapter', name: 'scripted', create: () => scripted(view({ s: [address] })) }
  const gateway = await createGateway(
    { registry: 'scripted', server: { workers: 2 }, limits: { inFlight: 2, pending: 0 } },
    { plugins: [adapter] },
  )
  onTestFinished(() => gateway.close())
  await gateway.start()
  const ask = () => gateway.fetch(new Request('http://gateway/services/s/'))
  const both = [ask(), ask()]
  await until('both are under way', () => held.length === 2)
  for (const response of held) response.end()
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200])
})

it('keeps no counts, for nobody reads them, and no timer once it is closed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const take = vi.spyOn(Meter.prototype, 'take')
  onTestFinished(() => take.mockRestore())
  const adapter: Plugin = { kind: 'adapter', name: 'scripted', create: () => scripted(view({})) }
  const gateway = await createGateway({ registry: 'scripted' }, { plugins: [adapter] })
  await gateway.start()
  vi.advanceTimersByTime(60_000)
  expect(take).toHaveBeenCalledTimes(1)
  await gateway.close()
  vi.advanceTimersByTime(600_000)
  expect(take).toHaveBeenCalledTimes(1)
})

it('answers what goes wrong, whoever is to see the request', async () => {
  const adapter: Plugin = { kind: 'adapter', name: 'empty', create: () => scripted(view({ s: [] })) }
  const mine: Plugin = { kind: 'middleware', name: 'mine', create: () => (_c, next) => next() }
  for (const settings of [{}, { middleware: ['mine'] }, { services: { s: { middleware: ['mine'] } } }]) {
    const gateway = await createGateway({ registry: 'empty', ...settings }, { plugins: [adapter, mine] })
    onTestFinished(() => gateway.close())
    await gateway.start()
    const codeAt = async (path: string) => {
      const { status, headers } = await gateway.fetch(new Request(`http://gateway${path}`))
      return [status, headers.get('x-portolan-error')]
    }
    expect(await codeAt('/elsewhere')).toEqual([404, 'GW_ROUTE_NOT_FOUND'])
    expect(await codeAt('/services/s/')).toEqual([503, 'GW_NO_ENDPOINT'])
  }
})

it('stops asking for a request that its program has called off', async () => {
  const silent = await startUpstream(() => undefined)
  const adapter: Plugin = { kind: 'adapter', name: 'scripted', create: () => scripted(view({ s: [silent.address] })) }
  const gateway = await createGateway({ registry: 'scripted' }, { plugins: [adapter] })
  onTestFinished(() => gateway.close())
  await gateway.start()
  const leaving = new AbortController()
  const answer = gateway.fetch(new Request('http://gateway/services/s/', { signal: leaving.signal }))
  await until('the instance is asked', () => silent.asked.length === 1)
  leaving.abort()
  expect((await answer).status).toBe(499)
  await until('it is let go of', () => silent.sockets.size === 0)
})
