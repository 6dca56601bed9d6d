import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { RawClient } from '../support/raw.ts'
import { standstill } from '../support/standstill.ts'
import { taken } from '../support/taken.ts'
import { until } from '../support/until.ts'
import { startRawUpstream, startUpstream } from '../support/upstream.ts'
import { gatewayBefore } from './closing-rig.ts'

const through = (_: unknown, next: () => Promise<void>) => next()
const request = (line: string, ...fields: string[]) => `${[line, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`
/** Of an instance that does not wait for the rest of a request. */
const EARLY = 'HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\nok'
const GET = request('GET /services/up/ HTTP/1.1')

/** A body that says nothing before its time. */
function bodyAtCue() {
  let cue = () => {}
  const told = new Promise<void>((resolve) => {
    cue = resolve
  })
  const late = async function* () {
    await told
    yield new TextEncoder().encode('late')
  }
  return { body: () => ReadableStream.from(late()), cue }
}

it('sends a client that has closed its side nothing before the head of a body that a middleware makes', async () => {
  const upstream = await startUpstream()
  const { body, cue } = bodyAtCue()
  const port = await gatewayBefore(upstream.port, async (c, next) => {
    await next()
    c.res = new Response(body(), c.res)
  })
  const client = await RawClient.open(port)
  client.write(GET).end()
  await taken(client.socket)
  cue()
  const response = await client.response()
  expect(response.statusLine).toBe('HTTP/1.1 200 OK')
  expect(response.body).toBe('late')
})

it('sends the same of a body in which no instance had a part', async () => {
  const { body, cue } = bodyAtCue()
  const port = await gatewayBefore(1, async () => new Response(body()))
  const client = await RawClient.open(port)
  client.write(GET).end()
  await taken(client.socket)
  cue()
  expect((await client.response()).body).toBe('late')
})

it('gives a client that has closed its side an answer of told length that pauses', async () => {
  const held: ServerResponse[] = []
  const upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-length': 8 }).write('half')
    held.push(response)
  })
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  client.write(GET).end()
  await client.until('half')
  await taken(client.socket)
  held[0]!.end('half')
  expect((await client.response()).body).toBe('halfhalf')
})

it('keeps a connection on which many uploads are answered early, and forgets each', async () => {
  const upstream = await startRawUpstream((socket) => void socket.once('data', () => socket.write(EARLY)))
  const warnings: string[] = []
  const warn = ({ name }: Error) => void warnings.push(name)
  process.on('warning', warn)
  onTestFinished(() => void process.off('warning', warn))
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  for (let i = 0; i < 15; i++) {
    client.write(`${request('POST /services/up/ HTTP/1.1', 'Content-Length: 10')}half`)
    expect((await client.response()).body).toBe('ok')
    client.write('a half')
  }
  await turn()
  expect(warnings).toEqual([])
})

it('answers a request that is refused right behind the rest of one that was answered early', async () => {
  const upstream = await startRawUpstream((socket) => void socket.once('data', () => socket.write(EARLY)))
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  client.write(`${request('POST /services/up/ HTTP/1.1', 'Content-Length: 10')}half`)
  expect((await client.response()).body).toBe('ok')
  client.write(`a half${request('GET /services/up/ HTTP/1.1', 'Host: b')}`)
  expect((await client.response()).status).toBe(400)
  expect(await client.closed()).toBe('end')
})

it('gives a client time to read why it is refused while it goes on sending', async () => {
  const client = await RawClient.open(await gatewayBefore(1, through))
  client.write('no HTTP\r\n\r\n')
  let times = 0
  const more = setInterval(() => client.write(`no HTTP ${times++}\r\n\r\n`), 1)
  onTestFinished(() => clearInterval(more))
  await until('it has gone on', () => times > 20)
  expect((await client.response()).status).toBe(400)
  expect(await client.closed()).toBe('end')
})

it('answers what was asked before something that is no HTTP, and closes', async () => {
  const held: ServerResponse[] = []
  const upstream = await startUpstream((_, response) => held.push(response))
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  client.write(`${GET}${GET}no HTTP\r\n\r\n`)
  await taken(client.socket)
  await until('both are asked', () => held.length === 2)
  for (const response of held) response.end('slow')
  expect((await client.response()).body).toBe('slow')
  expect((await client.response()).body).toBe('slow')
  expect(await client.closed()).toBe('end')
  expect(client.received).toBe('')
})

it('cuts what was asked before a request that goes wrong in its body', async () => {
  const upstream = await startUpstream(() => undefined)
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  client.write(`${GET}${request('POST /services/up/ HTTP/1.1', 'Transfer-Encoding: chunked')}no chunk\r\n`)
  await client.closed()
  expect(client.received).toBe('')
})

it('lets go of a tunnel that the instance has broken before it was joined', async () => {
  const upstream = await startRawUpstream((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', () =>
          socket.resetAndDestroy(),
        )
      })
  })
  const port = await gatewayBefore(upstream.port, async (_, next) => {
    await next()
    await until('the instance has broken it', () => upstream.sockets.size === 0)
  })
  const client = await RawClient.open(port)
  client.write(request('GET /services/up/ HTTP/1.1', 'Connection: upgrade', 'Upgrade: websocket'))
  await client.closed()
})

it('closes a connection behind its last request, whatever a middleware says of it', async () => {
  const upstream = await startUpstream()
  const port = await gatewayBefore(
    upstream.port,
    async (c, next) => {
      await next()
      c.header('connection', 'keep-alive')
    },
    { server: { host: '127.0.0.1', port: 0, limits: { requestsPerConnection: 1 } } },
  )
  const client = await RawClient.open(port)
  client.write(GET + GET)
  expect((await client.response()).status).toBe(200)
  await client.closed()
  expect(client.received).toBe('')
})

it('works on a few pipelined requests of one connection at once, and answers all of them', async () => {
  const held: ServerResponse[] = []
  let answers = false
  const upstream = await startUpstream((_, response) => {
    if (answers) response.end()
    else held.push(response)
  })
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  client.write(GET.repeat(80))
  const atOnce = await standstill(() => held.length)
  expect(atOnce).toBeGreaterThan(1)
  expect(atOnce).toBeLessThanOrEqual(17)
  answers = true
  for (const response of held) response.end()
  for (let i = 0; i < 80; i++) expect((await client.response()).status).toBe(200)
  expect((await client.write(GET).response()).status).toBe(200)
})
const GOES_WRONG: Readonly<Record<string, (client: RawClient) => void>> = {
  'is no HTTP': (client) => client.write('no chunk\r\n'),
  'does not come': (client) => client.end(),
}

for (const [how, goesOn] of Object.entries(GOES_WRONG)) {
  it(`says nothing more to a client that has its answer when the rest of its request ${how}`, async () => {
    const upstream = await startRawUpstream((socket) => void socket.once('data', () => socket.write(EARLY)))
    const client = await RawClient.open(await gatewayBefore(upstream.port, through))
    client.write(`${request('POST /services/up/ HTTP/1.1', 'Transfer-Encoding: chunked')}4\r\nhalf\r\n`)
    expect((await client.response()).body).toBe('ok')
    goesOn(client)
    await client.closed()
    expect(client.received).toBe('')
  })
}
