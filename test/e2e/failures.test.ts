import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { type CallOptions, call, ids, type Reply } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { until } from '../support/until.ts'
import { startRawUpstream, startUpstream } from '../support/upstream.ts'
import { freePort } from '../support/zookeeper-probe.ts'

const SETTINGS = `
balancing: round-robin
server: { limits: { bodyTimeout: 300ms } }
upstream: { responseTimeout: 300ms, connectTimeout: 200ms }`
const POST: CallOptions = { method: 'POST', body: 'a body', headers: { 'content-length': '6' } }

let gateway: GatewayProcess
const services: Record<string, readonly string[]> = {}

beforeAll(async () => {
  gateway = await startGateway(SETTINGS, { services })
})

/** A service of its own on these addresses. */
async function service(...addresses: readonly string[]) {
  const name = `service_${Object.keys(services).length}`
  services[name] = addresses
  await gateway.write('services.yaml', stringify({ services }))
  const url = `${gateway.url}/services/${name}/`
  await until(
    'the service is known',
    async () => (await gateway.metric('portolan_registry_services')) === Object.keys(services).length,
  )
  const ask = async (options: CallOptions = {}) => {
    const id = ids()
    const headers = { 'x-request-id': id, ...options.headers }
    const reply = await call(url, { ...options, headers })
    return { reply, access: await gateway.accessOf(id) }
  }
  return {
    name,
    ask,
    attempts: () => gateway.access.filter((line) => line.service === name).map((line) => line.attempts),
  }
}

const nobody = async () => `127.0.0.1:${await freePort()}`

function expectProblem(reply: Reply, status: number, code: string): void {
  expect(reply.status).toBe(status)
  expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-portolan-error': code })
  expect(JSON.parse(reply.text)).toMatchObject({
    status,
    code,
    title: expect.any(String),
    requestId: expect.any(String),
  })
  // No addresses, no words of a library.
  expect(reply.text).not.toMatch(/127\.0\.0\.1|ECONN|node:/)
}

it('tries another instance when one cannot be connected to, whatever the method', async () => {
  const up = await startUpstream()
  const { ask } = await service(await nobody(), up.address)
  const attempts: number[] = []
  for (const options of [{}, {}, POST, POST]) {
    const { reply, access } = await ask(options)
    expect(reply.status).toBe(200)
    if (options.method) expect(JSON.parse(reply.text).body).toBe('a body')
    attempts.push(access.attempts!)
  }
  expect(attempts.sort()).toEqual([1, 1, 2, 2])
  expect(up.asked).toHaveLength(4)
})

it('answers 502 when no instance can be connected to', async () => {
  const { ask } = await service(await nobody(), await nobody())
  for (const options of [{}, POST]) {
    const { reply, access } = await ask(options)
    expectProblem(reply, 502, 'GW_UPSTREAM_UNREACHABLE')
    expect(access).toMatchObject({ attempts: 2, code: 'GW_UPSTREAM_UNREACHABLE' })
  }
})

it('gives up an instance that does not accept in time, and tries another', async () => {
  const up = await startUpstream()
  const { attempts, ask } = await service(await blackHole(), up.address)
  for (let i = 0; i < 2; i++) expect((await ask(POST)).reply.status).toBe(200)
  expect(attempts().sort()).toEqual([1, 2])
})

it('answers 502 when no instance accepts in time', async () => {
  const { ask } = await service(await blackHole())
  expectProblem((await ask()).reply, 502, 'GW_UPSTREAM_UNREACHABLE')
})

/** Instances that read a request whole and then break the connection. */
const breaking = (how: (socket: Socket) => void, seen: string[]) =>
  startRawUpstream((socket) => {
    socket.on('data', (chunk) => {
      seen.push(chunk.toString())
      if (/\r\n\r\n(a body)?$/.test(seen.join(''))) how(socket)
    })
  })

for (const [what, how] of [
  ['resets', (socket: Socket) => void socket.resetAndDestroy()],
  ['closes', (socket: Socket) => void socket.end()],
] as const) {
  it(`asks another instance for a GET when one ${what} before the head`, async () => {
    const up = await startUpstream()
    const broken = await breaking(how, [])
    const { attempts, ask } = await service(broken.address, up.address)
    for (let i = 0; i < 2; i++) expect((await ask()).reply.status).toBe(200)
    expect(attempts().sort()).toEqual([1, 2])
  })
}

for (const [what, bytes] of [
  ['garbage', 'garbage\r\n\r\n'],
  ['an unknown version', 'HTTP/9.9 200 OK\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['an endless head', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(2 ** 20)}`],
  ['a tunnel that nobody wants', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
] as const) {
  it(`answers 502 to ${what}, and lets go of the instance`, async () => {
    const broken = await startRawUpstream((socket) => socket.once('data', () => socket.write(bytes)))
    const { ask } = await service(broken.address)
    const { reply } = await ask()
    expectProblem(reply, 502, 'GW_UPSTREAM_RESET')
    await until('the instance is let go of', () => broken.sockets.size === 0)
  })
}

it('answers 504 when no head comes in time, asks once, and lets go of the instance', async () => {
  const silent = await startUpstream(() => undefined)
  const { ask } = await service(silent.address, silent.address)
  for (const options of [{}, POST]) {
    const { reply, access } = await ask(options)
    expectProblem(reply, 504, 'GW_UPSTREAM_TIMEOUT')
    expect(access.durationMs).toBeGreaterThanOrEqual(299)
    await until('the instance is let go of', () => silent.sockets.size === 0)
  }
  expect(silent.asked).toHaveLength(2)
})

it('lets an upload take longer than the response timeout while it moves', async () => {
  const up = await startUpstream()
  const { name } = await service(up.address)
  const client = await RawClient.open(gateway.port)
  client.write(`POST /services/${name}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n`)
  // Ten bytes in thrice the timeout: here time itself is what is tested.
  for (let i = 0; i < 10; i++) {
    client.write('x')
    await new Promise((next) => setTimeout(next, 90))
  }
  const response = await client.response()
  expect(response.status).toBe(200)
  expect(JSON.parse(response.body).body).toBe('x'.repeat(10))
})

it('counts the response timeout from the sending, not from the wait for a connection', async () => {
  const answers: (() => void)[] = []
  const up = await startUpstream((_, response) => void answers.push(() => response.end('up')))
  const yaml = 'upstream: { connections: 1, responseTimeout: 2100ms }'
  const single = await startGateway(yaml, { services: { up: [up.address] } })
  const replies = [1, 2].map(() => call(`${single.url}/services/up/`))
  // Each takes two thirds of the timeout, and the second has to wait for the first.
  for (const asked of [1, 2]) {
    await until('it is asked', () => answers.length === asked)
    setTimeout(answers[asked - 1]!, 1400)
  }
  for (const reply of await Promise.all(replies)) expect(reply.status).toBe(200)
})

it('answers 408 to an upload that stands still', async () => {
  const up = await startUpstream()
  const { name } = await service(up.address)
  const client = await RawClient.open(gateway.port)
  client.write(`POST /services/${name}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf`)
  expect((await client.response()).status).toBe(408)
  await until('the instance is let go of', () => up.sockets.size === 0)
})

it('knows no service that is not registered, and none that is not exposed', async () => {
  const up = await startUpstream()
  const gateway = await startGateway('expose: { deny: [up] }', { services: { up: [up.address] } })
  for (const path of ['/services/nobody/', '/services/up/']) {
    const reply = await call(gateway.url + path)
    expectProblem(reply, 404, 'GW_SERVICE_NOT_FOUND')
  }
  const [one, other] = await Promise.all(['nobody', 'up'].map((name) => call(`${gateway.url}/services/${name}/`)))
  const text = (reply: Reply | undefined, name: string) => JSON.parse(reply!.text).detail.replace(name, '')
  expect(text(one, 'nobody')).toBe(text(other, 'up'))
  expectProblem(await call(`${gateway.url}/elsewhere`), 404, 'GW_ROUTE_NOT_FOUND')
  expect(up.asked).toEqual([])
})

/** An address that takes no more connections and refuses none: a listener whose backlog is full. */
async function blackHole(): Promise<string> {
  // Node always accepts; a listener that does not is one whose process is stopped.
  const program =
    "require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })"
  const child = spawn(process.execPath, ['-e', program])
  const fillers: Socket[] = []
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy()
    child.kill('SIGKILL')
  })
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))))
  child.kill('SIGSTOP')
  const connected = () =>
    new Promise<boolean>((resolve) => {
      const filler = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => undefined)
      fillers.push(filler)
      setTimeout(() => resolve(false), 250)
    })
  await until('the backlog is full', async () => !(await connected()))
  return `127.0.0.1:${port}`
}
