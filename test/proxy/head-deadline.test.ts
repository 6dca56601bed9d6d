import { expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { serviceRig } from './service-rig.ts'

const silent = () => startUpstream(() => undefined)

async function timed<T>(what: () => Promise<T>) {
  const startedMs = performance.now()
  return { came: await what(), ms: performance.now() - startedMs }
}

it('bounds all attempts together, each with its own time', async () => {
  const all = [await silent(), await silent(), await silent()]
  const yaml = 'upstream: { responseTimeout: 1s }\nretry: { timeout: 1900ms, backoff: { base: 1ms, most: 1ms } }'
  const { answer, events } = await serviceRig(
    yaml,
    all.map(({ address }) => address),
  )
  const { came, ms } = await timed(answer)
  expect(came).toBe('GW_UPSTREAM_TIMEOUT')
  expect(ms).toBeGreaterThanOrEqual(1899)
  // One after the other, without the bound, they would have taken longer.
  expect(ms).toBeLessThan(3000)
  expect(events).toContain('retry:timeout')
  await until('all are let go of', () => all.every(({ sockets }) => sockets.size === 0))
})

it('bounds a request that is not tried again, and an upload', async () => {
  const { address } = await silent()
  const { answer } = await serviceRig('retry: { timeout: 60ms }', [address])
  expect(await answer()).toBe('GW_UPSTREAM_TIMEOUT')
  expect(await answer({ method: 'POST', body: 'a body' })).toBe('GW_UPSTREAM_TIMEOUT')
})

it('does not bound the body of the answer', async () => {
  const { address } = await startUpstream((_, response) => {
    response.write('begun, ')
    setTimeout(() => response.end('ended'), 150)
  })
  const { answer } = await serviceRig('retry: { timeout: 100ms }', [address])
  expect(await answer()).toBe('200 begun, ended')
})

it('blames an instance that had most of the time', async () => {
  const blamed: boolean[] = []
  const strategy = {
    pick: <T>(endpoints: readonly T[]) => endpoints[0]!,
    observe: (_endpoint: unknown, _ms: number, failed: boolean) => void blamed.push(failed),
  }
  const { address } = await silent()
  const { answer } = await serviceRig('retry: { timeout: 60ms }', [address], { strategy })
  await answer()
  expect(blamed).toEqual([true])
})

it('blames nobody who was asked when it had all but passed', async () => {
  const blamed: string[] = []
  const strategy = {
    pick: <T>(endpoints: readonly T[]) => endpoints[0]!,
    observe: ({ instance }: { instance: { id: string } }) => void blamed.push(instance.id),
  }
  const [first, second] = [await silent(), await silent()]
  const yaml = 'upstream: { responseTimeout: 400ms }\nretry: { timeout: 550ms, backoff: { base: 1ms, most: 1ms } }'
  const { answer } = await serviceRig(yaml, [first.address, second.address], { strategy })
  await answer()
  expect(second.asked).toHaveLength(1)
  expect(blamed).toEqual([first.address])
})
