import { getHeapStatistics } from 'node:v8'
import { expect, it } from 'vitest'
import { startGateway } from '../../support/gateway.ts'
import { openHttp2 } from '../../support/http2-open.ts'
import { RawClient, type RawResponse } from '../../support/raw.ts'
import { until } from '../../support/until.ts'
import { startUpstream } from '../../support/upstream.ts'

/** Says which process answers; keeps it from its other work for as long as is asked, or fills its heap. */
const GREEDY = `
  import { setFlagsFromString } from 'node:v8'
  import { runInNewContext } from 'node:vm'
  let kept = []
  async function greedy(c, next) {
    const block = Number(c.req.header('x-block'))
    if (block > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, block)
    if (c.req.header('x-fill')) {
      kept = Array.from({ length: Number(c.req.header('x-fill')) }, () => Array(131072).fill(0))
      setTimeout(empty, 1500)
    }
    await next()
    c.header('x-pid', String(process.pid))
  }
  function empty() {
    kept = []
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
  }
  export default { kind: 'middleware', name: 'greedy', create: () => greedy }`

const ask = (...fields: string[]) =>
  `GET /services/up/ HTTP/1.1\r\nHost: gateway\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`

const BUSY = ask('x-block: 900')
const RATHER_BUSY = ask('x-block: 450')

async function serving(server: string) {
  const up = await startUpstream((request, response) => {
    if (request.url === '/slow') slow.push(() => response.end('end'))
    response.write('begin')
    if (request.url !== '/slow') response.end()
  })
  const slow: (() => void)[] = []
  const gateway = await startGateway(
    `
    plugins: [./greedy.mjs]
    middleware: [greedy]
    server: { shedding: { lag: 500ms, heap: 5% }, ${server} }`,
    { services: { up: [up.address] }, files: { 'greedy.mjs': GREEDY } },
  )
  return { up, slow, gateway, open: () => RawClient.open(gateway.port) }
}

type Serving = Awaited<ReturnType<typeof serving>>

/** Kept connections: so many to one process, which comes first, and one to another. */
async function openToBoth({ open }: Serving, count: number) {
  const clients = new Map<string, RawClient[]>()
  for (;;) {
    const client = await open()
    const pid = (await client.write(ask()).response()).header('x-pid')!
    clients.set(pid, [...(clients.get(pid) ?? []), client])
    const [most, ...others] = [...clients].sort(([, a], [, b]) => b.length - a.length)
    if (most![1].length >= count && others[0]) return { pid: most![0], busy: most![1], elsewhere: others[0][1][0]! }
  }
}

/** Asks until an answer is as wanted, on a connection that lasts until then. */
async function askUntil(client: RawClient, request: string, wanted: (answer: RawResponse) => boolean) {
  for (let asked = 0; asked < 20; asked++) {
    const answer = await client.write(request).response()
    if (wanted(answer)) return answer
  }
  throw new Error('no answer was as wanted')
}

const closes = (answer: RawResponse) => answer.header('connection') === 'close'
const shown = ({ status, header }: RawResponse) => [status, header('x-portolan-error'), header('retry-after')]
const OVERLOADED = [503, 'GW_OVERLOADED', '1']

it('98: asks clients to close, but refuses nobody, while the event loop is half as late as it may be', async () => {
  const { open, gateway } = await serving('workers: 0')
  const client = await open()
  const answer = await askUntil(client, RATHER_BUSY, closes)
  expect(answer.status).toBe(200)
  await client.closed()
  await until('connections are kept again', async () => !closes(await (await open()).write(ask()).response()))
  expect(await gateway.metric('portolan_shed_total')).toBe(0)
})

it('98: refuses new requests of one late worker, goes on with those it has, and takes them again', async () => {
  const it = await serving('workers: 2')
  const { pid, busy, elsewhere } = await openToBoth(it, 3)
  const [current, slow, late] = busy
  slow!.write(ask().replace('/up/', '/up/slow'))
  await slow!.until('begin')

  await askUntil(current!, BUSY, closes)
  const fields = ['Content-Length: 5', 'Expect: 100-continue']
  late!.write(ask(...fields).replace('GET', 'POST'))
  const refused = await late!.response()
  expect(shown(refused)).toEqual(OVERLOADED)
  expect(JSON.parse(refused.body).detail).toContain('server.shedding.lag')
  await late!.closed()
  expect(it.up.asked.map(({ method }) => method)).not.toContain('POST')

  expect((await elsewhere.write(ask()).response()).status).toBe(200)
  expect((await it.gateway.admin('/healthz')).status).toBe(200)
  it.slow[0]!()
  expect(await slow!.response()).toMatchObject({ status: 200, body: 'beginend' })

  await until('the worker takes requests again', async () => {
    const answer = await (await it.open()).write(ask()).response()
    return answer.status === 200 && answer.header('x-pid') === pid
  })
  const said = it.gateway.logs.filter(({ msg }) => /refused: this process|taken again/.test(String(msg)))
  expect(said.map((line) => [String(line.pid), line.shortage])).toEqual([
    [pid, 'lag'],
    [pid, undefined],
  ])
  const count = () => it.gateway.metric('portolan_shed_total', 'reason="lag"')
  await until('it is counted', async () => (await count()) > 0)
})

it('98: refuses streams of HTTP/2, and leaves their connection alone', async () => {
  const { gateway, open } = await serving('workers: 0, h2c: true')
  const client = await openHttp2(gateway.port)
  await askUntil(await open(), BUSY, closes)
  expect(await client.ask(1, '/services/up/').outcome(1)).toBe('503')
  let stream = 1
  await until('streams are served again', async () => {
    stream += 2
    return (await client.ask(stream, '/services/up/').outcome(stream)) === '200'
  })
})

it('98: refuses new requests while the heap is nearly full, and takes them again', async () => {
  const { gateway, open } = await serving('workers: 0')
  const waiting = [await open(), await open()]
  // Megabytes: two thirds more than the mark.
  const megabytes = Math.ceil((getHeapStatistics().heap_size_limit / 2 ** 20) * 0.083)
  expect((await waiting[0]!.write(ask(`x-fill: ${megabytes}`)).response()).status).toBe(200)
  await gateway.logged('the refusal', ({ shortage }) => shortage === 'heap')
  const refused = await waiting[1]!.write(ask()).response()
  expect(shown(refused)).toEqual(OVERLOADED)
  expect(JSON.parse(refused.body).detail).toContain('server.shedding.heap')
  await until('requests are taken again', async () => (await (await open()).write(ask()).response()).status === 200)
})
