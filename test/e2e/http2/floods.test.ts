import { afterEach, beforeAll, expect, it } from 'vitest'
import { call } from '../../support/call.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { codeOf, type Http2Client, request } from '../../support/http2-client.ts'
import {
  block,
  CODE,
  data,
  END_HEADERS,
  END_STREAM,
  FRAME,
  type Frame,
  frame,
  headers,
  reset,
  uint32,
} from '../../support/http2-frames.ts'
import { openHttp2 } from '../../support/http2-open.ts'
import { residentBytes } from '../../support/memory.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { PATH } from './rig.ts'

const MiB = 1024 * 1024

let upstream: Upstream
let gateway: GatewayProcess
let workers: number[]
let bytesBefore: number

beforeAll(async () => {
  upstream = await startUpstream()
  gateway = await startGateway('server: { workers: 1, h2c: true }', { services: { echo: [upstream.address] } })
  workers = await gateway.workers()
  await call(`${gateway.url}${PATH}`)
  bytesBefore = await residentBytes(workers[0]!)
})

/** Whatever one client does: others are served, by the same process, which has not grown. */
afterEach(async () => {
  await othersAreServed()
  expect(await gateway.workers()).toEqual(workers)
  expect((await residentBytes(workers[0]!)) - bytesBefore).toBeLessThan(64 * MiB)
})

async function othersAreServed(): Promise<void> {
  const other = await openHttp2(gateway.port)
  expect(await other.ask(1, PATH).outcome(1)).toBe('200')
  expect((await call(`${gateway.url}${PATH}`)).status).toBe(200)
}

const open = () => openHttp2(gateway.port)

/** Writes until the connection closes, as fast as it is taken. */
async function flood(client: Http2Client, next: (round: number) => Buffer): Promise<void> {
  for (let round = 0; !client.ended; round++) {
    if (client.socket.write(next(round))) await new Promise(setImmediate)
    else await Promise.race([new Promise((resolve) => client.socket.once('drain', resolve)), client.closed()])
  }
}

/** Waits until the gateway has read all that was written. */
function pinged(client: Http2Client, count: number): Promise<unknown> {
  const mark = Buffer.concat([uint32(count), uint32(0)])
  const isAnswer = ({ type, payload }: Frame) => type === FRAME.ping && payload.equals(mark)
  return client.write(frame(FRAME.ping, 0, 0, mark)).frame('the answer to a PING', isAnswer)
}

const times = (count: number, one: Buffer) => Buffer.concat(Array.from({ length: count }, () => one))

/** Fifty streams at once, each begun and ended in the same way. */
const streams = (one: (stream: number) => readonly Buffer[]) => (round: number) =>
  Buffer.concat(Array.from({ length: 50 }, (_, i) => one(2 * (50 * round + i) + 1)).flat())

it('closes on a client that resets what it asks for, again and again (CVE-2023-44487)', async () => {
  const client = await open()
  const asked = streams((id) => [headers(id, request(PATH), END_HEADERS | END_STREAM), reset(id, CODE.cancel)])
  await flood(client, asked)
})

it('closes on a client that resets with NO_ERROR what it has been waiting for', async () => {
  const client = await open()
  let round = 0
  for (; !client.ended && round < 1000; round++) {
    client.ask(2 * round + 1, PATH, { flags: END_HEADERS })
    if (round >= 8) client.write(reset(2 * (round - 8) + 1, CODE.none))
    // In step with the gateway: nghttp2 counts resets, too, and a client that only writes does not read why it is left.
    if (round % 10 === 0) await pinged(client, round).catch(() => client.closed())
  }
  expect(codeOf(await client.goaway())).toBe(CODE.calm)
  expect(round).toBeGreaterThan(200)
})

it('closes on a client that makes the gateway reset, again and again (CVE-2025-8671)', async () => {
  const client = await open()
  const noIncrement = uint32(0)
  await flood(
    client,
    streams((id) => [headers(id, request(PATH), END_HEADERS), frame(FRAME.window, 0, id, noIncrement)]),
  )
})

it('closes on a client that resets what is answered at once, and has not read the answer', async () => {
  const client = await open()
  const asked = (id: number) => [headers(id, request('/none'), END_HEADERS | END_STREAM), reset(id, CODE.cancel)]
  const begun = headers(1, request(PATH), END_HEADERS)
  client.write(begun, ...Array.from({ length: 400 }, (_, i) => asked(2 * i + 3)).flat())
  expect(codeOf(await client.goaway())).toBe(CODE.calm)
  await client.closed()
})

it('lets a client reset a page full of requests, and go on', async () => {
  const client = await open()
  client.write(streams((id) => [headers(id, request(PATH), END_HEADERS | END_STREAM), reset(id, CODE.cancel)])(0))
  expect(await client.ask(101, PATH).outcome(101)).toBe('200')
})

const USELESS: Readonly<Record<string, Buffer>> = {
  'PING (CVE-2019-9512)': frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
  'SETTINGS (CVE-2019-9515)': frame(FRAME.settings, 0, 0),
  'PRIORITY (CVE-2019-9513)': frame(FRAME.priority, 0, 1, Buffer.from([0, 0, 0, 3, 16])),
  WINDOW_UPDATE: times(2, frame(FRAME.window, 0, 1, uint32(1))),
  'frames that nobody knows': frame(77, 0, 0, Buffer.alloc(8)),
  'answers to no PING': frame(FRAME.ping, 1, 0, Buffer.alloc(8)),
  'malformed heads': headers(1, ['X', 'y'], END_HEADERS | END_STREAM),
}
it.each(Object.entries(USELESS))('closes on a client that sends nothing but %s', async (name, frames) => {
  const client = await open()
  client.polite = false
  if (name === 'WINDOW_UPDATE') client.ask(1, PATH, { flags: END_HEADERS })
  await flood(client, () => times(500, frames))
})

it('closes on a client that sends DATA without data (CVE-2019-9518)', async () => {
  const client = await open()
  client.ask(1, PATH, { flags: END_HEADERS })
  await flood(client, () => times(500, data(1, '')))
})

it('closes on a client whose head has no end (CVE-2024-27316)', async () => {
  const client = await open()
  client.write(frame(FRAME.headers, 0, 1, block(request(PATH))))
  await flood(client, (round) => frame(FRAME.continuation, 0, 1, block([`x-${round}`, 'y'.repeat(1000)])))
})

it('closes on a client whose head has no end, and nothing in it', async () => {
  const client = await open()
  client.write(frame(FRAME.headers, 0, 1, block(request(PATH))))
  await flood(client, () => times(500, frame(FRAME.continuation, 0, 1)))
})

it('refuses a head of 1 MB', async () => {
  const client = await open()
  client.head(1, request(PATH, ...Array.from({ length: 64 }, (_, i) => [`x-${i}`, 'y'.repeat(16_000)]).flat()))
  await client.closed()
})

it('refuses a head that is small, and large when it is unpacked', async () => {
  const client = await open()
  // RFC 7541 6.2.1: one entry of 4 kB for the table; then 10,000 fields of one byte each that mean it.
  const entry = Buffer.concat([Buffer.from([0x40]), block(['x-large', 'y'.repeat(3900)]).subarray(1)])
  const bomb = Buffer.concat([block(request(PATH)), entry, Buffer.alloc(10_000, 0xbe)])
  client.write(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, bomb))
  expect(await client.outcome(1)).toBe(`reset ${CODE.calm}`)
})

it('serves a client that sends small pieces of a body, many of them', async () => {
  const client = await open()
  client.ask(1, PATH, { flags: END_HEADERS })
  for (let round = 0; round < 200; round++) {
    client.write(times(100, data(1, 'x')))
    await new Promise(setImmediate)
  }
  client.write(data(1, '', END_STREAM))
  expect(await client.outcome(1)).toBe('200')
})
