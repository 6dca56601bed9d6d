import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { frameUpstream } from '../../proxy/http2/peers.ts'
import { startGateway } from '../../support/gateway.ts'
import type { Http2Client } from '../../support/http2-client.ts'
import { CODE, data, END_HEADERS, END_STREAM, FRAME, headers, reset } from '../../support/http2-frames.ts'
import { openHttp2 } from '../../support/http2-open.ts'
import { until } from '../../support/until.ts'
import { startUpstream } from '../../support/upstream.ts'
import { PATH } from './rig.ts'

const ways: Readonly<Record<string, (client: Http2Client) => unknown>> = {
  'resets it': (client) => client.write(reset(1, CODE.cancel)),
  'resets it without an error': (client) => client.write(reset(1, CODE.none)),
  'says too much': (client) => client.write(data(1, 'x'.repeat(10_000)), data(1, 'x'.repeat(10_000), END_STREAM)),
  'ends it with trailers that are none': (client) => client.write(headers(1, [':path', '/'], END_HEADERS | END_STREAM)),
  'closes the connection': (client) => client.socket.destroy(),
  'resets the connection': (client) => client.socket.resetAndDestroy(),
}

const YAML = 'server: { h2c: true, workers: 0, limits: { bodyBytes: 16KiB } }'

async function uploadTo(services: object): Promise<Http2Client> {
  const gateway = await startGateway(YAML, { services: services as never })
  const client = await openHttp2(gateway.port)
  client.ask(1, PATH, { flags: END_HEADERS })
  return client.write(data(1, 'some'))
}

describe.each(Object.entries(ways))('a request is never taken for whole whose client %s', (_way, breaks) => {
  it('by an instance of HTTP/1.1', async () => {
    const requests: IncomingMessage[] = []
    const { address } = await startUpstream((request) => void requests.push(request))
    const client = await uploadTo({ echo: [address] })
    const seen: IncomingMessage = await until('it is asked', () => requests[0])
    breaks(client)
    await until('it is broken off', () => seen.destroyed)
    expect(seen.complete).toBe(false)
  })

  it('by an instance of HTTP/2', async () => {
    const { instance, peers } = await frameUpstream(() => undefined)
    const address = `${instance.host}:${instance.port}`
    const client = await uploadTo({ echo: [{ address, metadata: { protocol: 'h2c' } }] })
    const frames = (type: number) => peers.flatMap((peer) => peer.of(type, 1))
    await until('the body is on its way', () => frames(FRAME.data).length > 0)
    breaks(client)
    await until('it is broken off', () => frames(FRAME.reset).length > 0)
    expect(frames(FRAME.data).filter(({ flags }) => flags & END_STREAM)).toEqual([])
  })
})
