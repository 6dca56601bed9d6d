import { expect, it } from 'vitest'
import { startGateway } from '../../support/gateway.ts'
import { Http2Load } from '../../support/http2-load.ts'
import { until } from '../../support/until.ts'
import { startUpstream } from '../../support/upstream.ts'
import { PATH } from './rig.ts'

it.each([0, 2])('a drain under load loses no request that it has taken, with workers: %i', async (workers) => {
  const upstream = await startUpstream((_, response) => void setImmediate(() => response.end('whole')))
  const gateway = await startGateway(`server: { h2c: true, workers: ${workers} }`, {
    services: { echo: [upstream.address] },
  })
  const load = new Http2Load(gateway.url, PATH)
  await until('the load runs', () => load.answered >= 500)
  const exit = gateway.stop()
  await load.gone()
  expect([...new Set(load.outcomes)]).toEqual(['200 whole'])
  expect(await exit).toEqual({ code: 0, signal: null })
  expect(gateway.line('the drain took too long: the connections that are left are cut')).toBeUndefined()
  // What was left aside has reached nobody.
  expect(upstream.asked).toHaveLength(load.answered)
  expect(gateway.access).toHaveLength(load.answered)
})
