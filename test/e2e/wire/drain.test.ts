import { describe, expect, it } from 'vitest'
import { type LogLine, startGateway } from '../../support/gateway.ts'
import { codeOf } from '../../support/http2-client.ts'
import type { Frame } from '../../support/http2-frames.ts'
import { Http2Load } from '../../support/http2-load.ts'
import { openHttp2 } from '../../support/http2-open.ts'
import { until } from '../../support/until.ts'
import { startUpstream } from '../../support/upstream.ts'
import { startInstance } from './rig/own.ts'
import { ok } from './rig/say.ts'
import type { UpstreamRequest } from './rig/upstream.ts'

const PATH = '/services/echo/'
const isDraining = ({ msg }: LogLine) => msg === 'draining'

/** RFC 9113 6.8: streams above it have come to nobody. */
const lastStream = ({ payload }: Frame) => payload.readUInt32BE(0)

async function serving(workers: number, acceptGrace = '0s') {
  const instance = await startInstance()
  const server = `server: { h2c: true, workers: ${workers}, drain: { acceptGrace: ${acceptGrace} } }`
  return { instance, gateway: await startGateway(server, { services: { echo: [instance.address] } }) }
}

describe.each([0, 2])('with workers: %i', (workers) => {
  it('105: a busy connection takes more in the grace of a drain, is told the last that is served, and ends with that', async () => {
    const { instance, gateway } = await serving(workers, '3s')
    let held: UpstreamRequest | undefined
    instance.respond((asked) => {
      held = asked
    }, ok('in the grace'))
    const client = await openHttp2(gateway.port)
    client.ask(1, PATH)
    await until('the first is under way', () => held)
    const exit = gateway.stop()
    await gateway.logged('the drain', isDraining)
    client.ask(3, PATH)
    expect(await client.outcome(3)).toBe('200')
    const told = await client.goaway()
    expect([lastStream(told), codeOf(told)]).toEqual([3, 0])
    client.ask(5, PATH)
    held!.write(ok('at last'))
    expect(await client.outcome(1)).toBe('200')
    expect(client.bodyOf(1).toString()).toBe('at last')
    await client.closed()
    expect(await exit).toEqual({ code: 0, signal: null })
    // The third may be asked again elsewhere: nobody has seen it here.
    expect(instance.requests).toHaveLength(2)
    expect(client.frames.filter(({ stream }) => stream === 5)).toEqual([])
  })

  it('105: an idle connection is told at once, without an error, and a request that crosses that comes to nobody', async () => {
    const { instance, gateway } = await serving(workers)
    const client = await openHttp2(gateway.port)
    client.ask(1, PATH)
    expect(await client.outcome(1)).toBe('200')
    const exit = gateway.stop()
    const told = await client.goaway()
    expect([lastStream(told), codeOf(told)]).toEqual([1, 0])
    client.ask(3, PATH)
    await client.closed()
    expect(await exit).toEqual({ code: 0, signal: null })
    expect(instance.requests).toHaveLength(1)
  })

  it('105: a drain under load loses no request that it has taken', async () => {
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
})
