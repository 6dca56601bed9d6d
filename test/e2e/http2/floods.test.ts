import { afterEach, beforeAll, expect, it } from 'vitest'
import { call } from '../../support/call.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { codeOf, Http2Client, request } from '../../support/http2-client.ts'
import { block, CODE, data, END_HEADERS, END_STREAM, FRAME, frame, headers, reset } from '../../support/http2-frames.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'

const OK = '200'
const PATH = '/services/echo/'

let upstream: Upstream
let gateway: GatewayProcess
let workers: number[]

beforeAll(async () => {
  upstream = await startUpstream()
  gateway = await startGateway('server: { workers: 1, h2c: true, limits: { headerTimeout: 2s } }', {
    services: { echo: [upstream.address] },
  })
  workers = await gateway.workers()
})

/** Whatever one client does: another one is served, by the same process. */
afterEach(async () => {
  const other = await Http2Client.open(gateway.port)
  expect(await other.ask(1, PATH).outcome(1)).toBe(OK)
  expect((await call(`${gateway.url}${PATH}`)).status).toBe(200)
  expect(await gateway.workers()).toEqual(workers)
})

const open = () => Http2Client.open(gateway.port)
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Writes until the connection closes, as fast as it is taken. */
async function flood(client: Http2Client, next: (round: number) => Buffer): Promise<number> {
  for (let round = 0; ; round++) {
    if (client.ended || client.socket.destroyed) return round
    if (!client.socket.write(next(round))) await Promise.race([drained(client), client.closed()])
    else await new Promise(setImmediate)
  }
}

const drained = (client: Http2Client) => new Promise((resolve) => client.socket.once('drain', resolve))
const many = (one: Buffer, times = 1000) => Buffer.concat(Array.from({ length: times }, () => one))

it('closes on a client that resets what it asks for, again and again (CVE-2023-44487)', async () => {
  const client = await open()
  const asked = await flood(client, (round) =>
    Buffer.concat(
      Array.from({ length: 50 }, (_, i) => {
        const stream = 2 * (50 * round + i) + 1
        return Buffer.concat([headers(stream, request(PATH), END_HEADERS | END_STREAM), reset(stream, CODE.cancel)])
      }),
    ),
  )
  console.log(asked, upstream.asked.length, client.shown)
  expect(codeOf(await client.goaway())).toBe(CODE.calm)
})
it('closes on a client that makes the gateway reset what it asks for, again and again (CVE-2025-8671)', async () => {
  const client = await open()
  const asked = await flood(client, (round) =>
    Buffer.concat(
      Array.from({ length: 50 }, (_, i) => {
        const stream = 2 * (50 * round + i) + 1
        return Buffer.concat([headers(stream, request(PATH), END_HEADERS), frame(FRAME.window, 0, stream, uint32(0))])
      }),
    ),
  )
  console.log(asked, upstream.asked.length, client.shown)
})
for (const [name, what] of Object.entries({
  PING: frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
  SETTINGS: frame(FRAME.settings, 0, 0),
  PRIORITY: frame(FRAME.priority, 0, 1, Buffer.alloc(5)),
  WINDOW_UPDATE: frame(FRAME.window, 0, 0, uint32(1)),
  unknown: frame(77, 0, 0, Buffer.alloc(8)),
  'PING answers': frame(FRAME.ping, 1, 0, Buffer.alloc(8)),
  malformed: headers(1, ['X', 'y'], END_HEADERS | END_STREAM),
})) {
  it(`closes on a client that sends nothing but ${name} frames`, async () => {
    const client = await open()
    client.polite = false
    const t = Date.now()
    const n = await flood(client, () => many(what))
    console.log(name, n, Date.now() - t, client.shown)
  }, 20000)
}
it('empty DATA', async () => {
  const client = await open()
  client.ask(1, PATH, { flags: END_HEADERS })
  const n = await flood(client, () => many(data(1, '')))
  console.log(n, client.shown)
})
it('CONTINUATION flood', async () => {
  const client = await open()
  client.write(frame(FRAME.headers, 0, 1, block(request(PATH))))
  const n = await flood(client, (i) => frame(FRAME.continuation, 0, 1, block([`x-${i}`, 'y'.repeat(1000)])))
  console.log(n, client.shown)
})
it('header list 1 MB', async () => {
  const client = await open()
  client.write(frame(FRAME.headers, 0, 1, block(request(PATH))))
  for (let i = 0; i < 64; i++)
    client.write(frame(FRAME.continuation, i === 63 ? 4 : 0, 1, block([`x-${i}`, 'y'.repeat(16000)])))
  await new Promise((r) => setTimeout(r, 500))
  console.log(client.ended, client.shown)
})
it('HPACK bomb', async () => {
  const client = await open()
  // one big entry in the table, then thousands of references
  const entry = Buffer.concat([Buffer.from([0x40]), block(['x'.repeat(10), 'y'.repeat(4000)]).subarray(1)])
  client.write(
    frame(FRAME.headers, 4 | 1, 1, Buffer.concat([block(request(PATH)), entry, Buffer.alloc(16000 - 4100, 0xbe)])),
  )
  await new Promise((r) => setTimeout(r, 500))
  console.log(client.ended, client.shown, client.frames.at(-1)?.payload)
})
