import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { codeOf, request } from '../../support/http2-client.ts'
import { CODE, data, END_HEADERS, END_STREAM, goaway, headers, reset } from '../../support/http2-frames.ts'
import { Http2Load } from '../../support/http2-load.ts'
import { openHttp2 } from '../../support/http2-open.ts'
import { until } from '../../support/until.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { valgrind, violations } from '../../support/valgrind.ts'
import { AnyFrames } from './any-frames.ts'
import { PATH } from './rig.ts'

const PER_CONNECTION = 250
const TIMEOUTS = 'bodyTimeout: 1s, writeTimeout: 1s, headerTimeout: 1s, keepAliveTimeout: 1s'
const LIMITS = `{ requestsPerConnection: ${PER_CONNECTION}, bodyBytes: 4KiB, ${TIMEOUTS} }`

const folder = mkdtempSync(join(tmpdir(), 'portolan-memory-'))
const report = join(folder, 'report')

let upstream: Upstream
let gateway: GatewayProcess

beforeAll(async () => {
  upstream = await startUpstream(answer)
  gateway = await startGateway(`server: { h2c: true, limits: ${LIMITS} }`, {
    services: { echo: [upstream.address] },
    under: valgrind(report),
  })
}, 120_000)

/** Whatever is sent: no memory is touched that is not there, and others are served. */
afterEach(async () => {
  expect(violations(report)).toEqual([])
  if (gateway.running) expect((await fetch(gateway.url + PATH)).status).toBe(200)
})

afterAll(() => rmSync(folder, { recursive: true }))

function answer(asked: IncomingMessage, response: ServerResponse): void {
  const [what, size] = asked.url!.slice(2).split('=')
  asked.resume()
  if (what === 'waits') return
  if (what === 'breaks') response.write('x', () => response.destroy())
  else if (what === 'early') response.end('early')
  else asked.on('end', () => response.end('x'.repeat(Number(size ?? 2))))
}

const get = (stream: number, path = PATH) => headers(stream, request(path), END_HEADERS | END_STREAM)
const post = (stream: number, path = PATH) => headers(stream, request(path), END_HEADERS)
const many = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + 2 * i)

it('what a client asks after it has said that it leaves reaches nobody', async () => {
  const before = upstream.asked.length
  const client = await openHttp2(gateway.port)
  client.write(goaway(0, CODE.none), ...many(1, 20).map((stream) => get(stream)))
  await client.closed()
  expect(upstream.asked).toHaveLength(before)
})

it('what crosses the end of a connection reaches nobody', async () => {
  const client = await openHttp2(gateway.port)
  const last = 2 * PER_CONNECTION - 1
  for (const stream of many(1, PER_CONNECTION - 1)) expect(await client.ask(stream, PATH).outcome(stream)).toBe('200')
  const before = upstream.asked.length
  client.ask(last, `${PATH}?waits`)
  await until('the last is under way', () => upstream.asked.length > before)
  client.write(reset(last, CODE.cancel), ...many(last + 2, 20).map((stream) => get(stream)))
  expect((await client.goaway()).payload.readUInt32BE(0)).toBe(last)
  await client.closed()
  expect(upstream.asked).toHaveLength(before + 1)
})

it('a client that breaks too much off is told so, with all that it has begun', async () => {
  const client = await openHttp2(gateway.port)
  const broken = many(3, 400).flatMap((stream) => [get(stream, '/none'), reset(stream, CODE.cancel)])
  client.write(post(1), data(1, 'a'), ...broken, data(1, 'b'), post(803), data(803, 'c'))
  expect(codeOf(await client.goaway())).toBe(CODE.calm)
  await client.closed()
})

it('a client that leaves with an error leaves all that it has begun', async () => {
  const client = await openHttp2(gateway.port)
  client.write(post(1), post(3), data(1, 'a'), goaway(0, CODE.internal), data(1, 'b'), post(5), data(5, 'c'))
  await client.closed()
})

it('frames may come in any order', async () => {
  const connection = async (number: number) => {
    const client = await openHttp2(gateway.port)
    const frames = new AnyFrames(number)
    if (frames.chance(10)) client.socket.pause()
    for (let writes = 0; writes < 4 && !client.ended; writes++) {
      client.write(frames.some())
      await new Promise(setImmediate)
    }
    client.socket.end()
    if (frames.chance(50)) client.socket.destroy()
    client.socket.resume()
    await client.closed()
  }
  for (let round = 0; round < 6; round++) await Promise.all(many(round * 20, 10).map(connection))
}, 120_000)

it('a drain under load loses no request that it has taken', async () => {
  const load = new Http2Load(gateway.url, PATH)
  await until('the load runs', () => load.answered >= 40)
  const exit = gateway.stop()
  await load.gone()
  expect([...new Set(load.outcomes)]).toEqual(['200 xx'])
  expect(await exit).toEqual({ code: 0, signal: null })
})
