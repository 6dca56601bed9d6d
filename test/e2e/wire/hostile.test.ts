import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startGateway } from '../../support/gateway.ts'
import { until } from '../../support/until.ts'
import { ask, get, openClient, startInstance } from './rig/own.ts'
import { charted, harm, loadOn } from './rig/registry.ts'
import { request } from './rig/say.ts'

const NUL = '\0'.repeat(64)
const GARBAGE = `${NUL}\xff\xfe\r\n\r\n${'\x16\x03\x01'.repeat(100)}`
const LONG = 'x'.repeat(200_000)

/** What a client may say. */
const SAID: readonly string[] = [
  ...[GARBAGE, 'GET', '\r\n\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', `GET /${LONG} HTTP/1.1\r\n\r\n`],
  ...['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${GARBAGE}`, 'PROXY TCP4 1 2 3 4\r\n'],
  ...[`GET / HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(5000)}\r\n`, request('CONNECT a:1 HTTP/1.1')],
  request('POST /services/s/ HTTP/1.1', 'Transfer-Encoding: chunked') + GARBAGE,
  request('POST /services/s/ HTTP/1.1', 'Content-Length: 5', 'Content-Length: 6'),
  request('GET /services/__proto__/ HTTP/1.1'),
  request('GET /services/%00%ff%/ HTTP/1.1'),
  request('GET /services/s/ HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Expect: 100-continue'),
]

/** What an instance may answer, and break off behind. */
const ANSWERED: readonly string[] = [
  ...[GARBAGE, '', 'HTTP/1.1 200', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', `HTTP/1.1 200 ${LONG}\r\n\r\n`],
  ...[`HTTP/1.1 200 OK\r\nX: ${LONG}`, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(500), 'HTTP/1.1 101 No\r\n\r\nhello'],
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello${GARBAGE}`,
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more than that',
]

/** What a registry may say. It begins with a length: after some of these there is more to wait for. */
const WORDS: readonly string[] = [
  ...[GARBAGE, '\x7f\xff\xff\xff', '\xff\xff\xff\xff', '\0\0\0\x04\0\0\0\0', '\0\0\0\0'],
  'HTTP/1.1 200 OK\r\n\r\n',
]

/** Takes a registry's place, and says the next of its words to each that connects. */
async function lying(port: number) {
  let said = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume()
    socket.end(Buffer.from(WORDS[said++ % WORDS.length]!, 'latin1'))
  })
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()))
  onTestFinished(close)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    get said() {
      return said
    },
    close,
  }
}

describe.each([0, 2])('with workers: %i', (workers) => {
  it('124: nothing that a client says ends a process', async () => {
    const instance = await startInstance()
    const gateway = await startGateway(stringify({ server: { workers } }), { services: { s: [instance.address] } })
    const pids = await gateway.workers()
    for (const ending of ['end', 'reset'] as const) {
      for (const bytes of SAID) {
        const client = await openClient(gateway)
        client.send(bytes)
        await new Promise((resolve) => client.socket.write('', resolve))
        client[ending]()
        expect((await ask(gateway, 's')).status).toBe(200)
      }
    }
    expect(await gateway.workers()).toEqual(pids)
    expect(gateway.running).toBe(true)
  })

  it('124: nothing that an instance answers ends a process', async () => {
    const [good, evil] = [await startInstance(), await startInstance()]
    const services = { s: [good.address], evil: [evil.address] }
    const gateway = await startGateway(stringify({ server: { workers }, health: { passive: null } }), { services })
    const pids = await gateway.workers()
    for (const ending of ['end', 'reset'] as const) {
      for (const bytes of ANSWERED) {
        evil.respond((asked) => {
          asked.write(bytes)
          asked.connection.socket.write('', () => asked[ending]())
        })
        const client = (await openClient(gateway)).send(get('evil'))
        await until('an answer, or the end', () => client.unread !== '' || client.ended)
        expect((await ask(gateway, 's')).status).toBe(200)
      }
    }
    expect(evil.requests.length).toBeGreaterThanOrEqual(2 * ANSWERED.length)
    expect(await gateway.workers()).toEqual(pids)
    expect(gateway.running).toBe(true)
  })

  it('124: nothing that a registry says ends a process', async () => {
    const { gateway, proxy, register } = await charted({ workers })
    const pids = await gateway.workers()
    const load = loadOn(gateway)
    await proxy.refuse()
    const liar = await lying(Number(proxy.address.split(':')[1]))
    await until('each has been said', () => liar.said > WORDS.length)
    await liar.close()
    await proxy.accept()
    const newcomer = await startInstance()
    await register(newcomer)
    await until('the registry is read again', () => newcomer.requests.length > 0)
    expect(await harm(load)).toEqual([])
    expect(await gateway.workers()).toEqual(pids)
    expect(gateway.running).toBe(true)
  })
})
