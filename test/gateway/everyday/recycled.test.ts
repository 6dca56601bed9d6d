import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { MiddlewareHandler } from 'hono'
import { expect, it, onTestFinished } from 'vitest'
import { putBack, takeBuffer } from '../../../src/proxy/read-buffers.ts'
import { standstill } from '../../support/standstill.ts'
import { until } from '../../support/until.ts'
import { type Answer, startUpstream } from '../../support/upstream.ts'
import { gatewayBefore } from '../closing-rig.ts'

const MB = 2 ** 20
/** More than the kernel holds of a connection. */
const MUCH = 8 * MB
const FRAMINGS = ['told', 'chunked'] as const
const through: MiddlewareHandler = (_, next) => next()

/** Bytes that tell both whose they are and where they belong. */
function patterned(seed: number, bytes: number): Buffer {
  return Buffer.alloc(
    bytes,
    Uint8Array.from({ length: 251 }, (_, i) => i * seed),
  )
}

/** Answers `/<seed>/<bytes>/<framing>` with what it says, and a request that has a body with that. */
const bulk: Answer = (asked, response) => {
  if (asked.method === 'POST') {
    void buffer(asked).then((body) => response.end(body))
    return
  }
  const [, seed, bytes, framing] = asked.url!.split('/')
  if (framing === 'told') response.setHeader('content-length', bytes!)
  const body = patterned(Number(seed), Number(bytes))
  const piece = Math.ceil(body.length / 3)
  for (let at = 0; at < body.length; at += piece) response.write(body.subarray(at, at + piece))
  response.end()
}

function ask(port: number, path: string, body?: Buffer, agent: Agent | false = false): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-length': body.length } : {}
    const method = body ? 'POST' : 'GET'
    request({ port, host: '127.0.0.1', path: `/services/up${path}`, method, headers, agent }, resolve)
      .on('error', reject)
      .end(body)
  })
}

/** Large bodies, each way and framed in each way, one by one: nothing of them is other than it was sent. */
async function pass(port: number, seeds: readonly number[]): Promise<void> {
  for (const seed of seeds) {
    for (const framing of FRAMINGS) {
      const answer = await buffer(await ask(port, `/${seed}/${MB}/${framing}`))
      expect(answer.equals(patterned(seed, MB))).toBe(true)
    }
    const sent = patterned(seed, MB)
    expect((await buffer(await ask(port, '/echo', sent))).equals(sent)).toBe(true)
  }
}

it('keeps what a slow client has still to take as it is, while others are served out of the same buffers', async () => {
  const upstream = await startUpstream(bulk)
  const port = await gatewayBefore(upstream.port, through)
  const paths = [3, 5, 17, 19].flatMap((seed) =>
    FRAMINGS.map((framing) => ({ seed, path: `/${seed}/${MUCH}/${framing}` })),
  )
  const slow = await Promise.all(paths.map(async ({ seed, path }) => ({ seed, response: await ask(port, path) })))
  const sent = () => [...upstream.sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
  await standstill(sent)
  await pass(port, [7, 11, 13])
  for (const { seed, response } of slow) expect((await buffer(response)).equals(patterned(seed, MUCH))).toBe(true)
})

it('keeps what a slow instance has still to take as it is, while others are sent theirs out of the same buffers', async () => {
  const held: { readonly socket: Socket; take(): void }[] = []
  const server = createServer((asked, response) => {
    const take = () => void buffer(asked).then((body) => response.end(body))
    if (asked.url === '/held') held.push({ socket: asked.socket, take })
    else bulk(asked, response)
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const port = await gatewayBefore((server.address() as AddressInfo).port, through)
  const bodies = [3, 5, 17, 19, 23, 29].map((seed) => patterned(seed, MUCH))
  const uploads = bodies.map((body) => ask(port, '/held', body))
  await until('the instance has been asked', () => held.length === bodies.length)
  await standstill(() => held.reduce((sum, { socket }) => sum + socket.bytesRead, 0))
  await pass(port, [7, 11, 13])
  for (const { take } of held) take()
  for (const [at, body] of bodies.entries()) expect((await buffer(await uploads[at]!)).equals(body)).toBe(true)
})

/** Later ones read an accepted connection into buffers of their own (`src/front/accept.ts`). */
const isNode20 = process.versions.node.startsWith('20.')

it.runIf(isNode20)('has the buffer back of a body that came in one piece with its head', async () => {
  const upstream = await startUpstream((asked, response) => void buffer(asked).then(() => response.end()))
  const port = await gatewayBefore(upstream.port, through)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  for (const seed of [3, 5, 7]) await buffer(await ask(port, '/', patterned(seed, 60_000), agent))
  await until('it is there to be read into', () => {
    const last = takeBuffer()
    putBack(last)
    return last.includes(patterned(7, 1000))
  })
})

it('leaves what a middleware has kept of a body as it was', async () => {
  const kept: Promise<ArrayBuffer>[] = []
  const keeper: MiddlewareHandler = async (c, next) => {
    const { raw } = c.req
    if (raw.body) {
      const [mine, theirs] = raw.body.tee()
      kept.push(new Response(mine).arrayBuffer())
      c.req.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, body: theirs, duplex: 'half' })
    }
    await next()
    kept.push(c.res.clone().arrayBuffer())
  }
  const upstream = await startUpstream(bulk)
  const port = await gatewayBefore(upstream.port, keeper)
  await pass(port, [3, 7])
  const bodies = (await Promise.all(kept)).map((body) => Buffer.from(body))
  const seeds = [3, 3, 3, 3, 7, 7, 7, 7]
  expect(bodies.map((body, at) => body.equals(patterned(seeds[at]!, MB)))).toEqual(seeds.map(() => true))
})
