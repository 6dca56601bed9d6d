import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { certificates } from '../support/certificates.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { freePort } from '../support/zookeeper-probe.ts'
import { credentials, grpcClient, grpcServer, message, ServerCredentials, status, streamed, unary } from './grpc-rig.ts'

const ROUTES = `
server: { h2c: true }
routing: [{ mode: table, routes: [{ match: { path: /grpc.testing.TestService/* }, service: test }] }]
`
const at = (port: number, more = {}) => ({ address: `127.0.0.1:${port}`, metadata: { protocol: 'grpc' }, ...more })
const empty = (client: ReturnType<typeof grpcClient>) => unary((done) => client.emptyCall(Buffer.alloc(0), done))

const through = async (instances: readonly object[], yaml = '') => {
  const gateway = await startGateway(ROUTES + yaml, { services: { test: instances } })
  return { gateway, client: grpcClient(gateway.port) }
}

/** An instance that answers with the bytes that it is sent. */
async function mirror(seen: { fields?: IncomingHttpHeaders; bytes: Buffer[] }): Promise<number> {
  const server = createServer().on('stream', (stream, fields) => {
    seen.fields = fields
    const answer = { 'content-type': 'application/grpc', 'grpc-encoding': 'gzip' }
    stream.respond(answer, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.on('data', (chunk: Buffer) => seen.bytes.push(chunk)).pipe(stream)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('messages', () => {
  it('that are compressed pass as they are, with what a call of gRPC needs', async () => {
    const seen: { fields?: IncomingHttpHeaders; bytes: Buffer[] } = { bytes: [] }
    const port = await mirror(seen)
    const { gateway } = await through([at(port)])
    const client = grpcClient(gateway.port, { 'grpc.default_compression_algorithm': 2 })
    const request = Buffer.alloc(300_000, 'a')
    const told = await unary((done) => client.unaryCall(request, { deadline: Date.now() + 60_000 }, done))
    expect([told.code, told.value?.equals(request)]).toEqual([status.OK, true])
    expect(seen.fields).toMatchObject({ te: 'trailers', 'grpc-encoding': 'gzip', 'content-type': 'application/grpc' })
    expect(seen.fields!['grpc-timeout']).toMatch(/^\d{1,8}[mSu]$/)
    const bytes = Buffer.concat(seen.bytes)
    expect([bytes[0], bytes.length < 10_000]).toEqual([1, true])
  })

  it('of many calls share one connection to the instance', async () => {
    const server = await grpcServer()
    const { client } = await through([at(server.port)])
    const all = await Promise.all(Array.from({ length: 50 }, () => empty(client)))
    expect(new Set(all.map(({ code }) => code))).toEqual(new Set([status.OK]))
    expect(server.sessions.size).toBe(1)
  })
})

it('all of it works over TLS, on both sides', async () => {
  const files = await certificates()
  onTestFinished(() => files.remove())
  const [ca, cert, key] = [files.ca, files.server.cert, files.server.key].map((file) => readFileSync(file))
  const secure = ServerCredentials.createSsl(null, [{ cert_chain: cert!, private_key: key! }])
  const server = await grpcServer({}, secure)
  const yaml = `
server: { tls: { cert: ${files.server.cert}, key: ${files.server.key} } }
upstream: { tls: { ca: ${files.ca} } }
routing: [{ mode: table, routes: [{ match: { path: /grpc.testing.TestService/* }, service: test }] }]`
  const gateway = await startGateway(yaml, { services: { test: [at(server.port, { tls: true })] } })
  const client = grpcClient(gateway.port, {}, credentials.createSsl(ca!))
  expect((await empty(client)).code).toBe(status.OK)
  const call = client.fullDuplexCall()
  const told = streamed(call)
  call.end(message({ sizes: [100_000] }))
  expect([(await told).code, (await told).sizes]).toEqual([status.OK, [100_000]])
})

describe('a call that reaches no instance ends with a status of gRPC', () => {
  it('UNIMPLEMENTED without a route', async () => {
    const { client } = await through([])
    const told = await unary((done) => client.notExposed(Buffer.alloc(0), done))
    expect([told.code, told.details]).toEqual([status.UNIMPLEMENTED, expect.stringContaining('configured routes')])
  })

  it('UNAVAILABLE without an instance, and with one that cannot be connected to', async () => {
    const { client, gateway } = await through([at(await freePort())])
    const told = await empty(client)
    expect(told.code).toBe(status.UNAVAILABLE)
    expect(told.details).toMatch(/no instance of service "test"|service "test" has no instance/)
    expect(gateway.stderr).toBe('')
  })

  it('DEADLINE_EXCEEDED when the instance takes too long', async () => {
    const server = await grpcServer()
    server.sleeps = true
    const { client } = await through([at(server.port)], 'upstream: { responseTimeout: 200ms }')
    expect((await empty(client)).code).toBe(status.DEADLINE_EXCEEDED)
    await until('the instance is told', () => server.cancelled > 0)
  })
})

describe('time', () => {
  it('does not end a stream that is silent for long, either way', async () => {
    const server = await grpcServer()
    const { client } = await through([at(server.port)], 'upstream: { responseTimeout: 1s, stallTimeout: 1s }')
    const call = client.fullDuplexCall()
    const told = streamed(call)
    call.write(message({ sizes: [1] }))
    await new Promise((first) => call.once('data', first))
    server.sleeps = true
    for (let i = 0; i < 2; i++) expect((await empty(client)).code).toBe(status.DEADLINE_EXCEEDED)
    call.write(message({ sizes: [2] }))
    call.end()
    expect([(await told).code, (await told).sizes]).toEqual([status.OK, [1, 2]])
  })
})

it('an instance that shuts down finishes its calls, and new ones go elsewhere', async () => {
  const [old, other] = [await grpcServer(), await grpcServer()]
  const { client } = await through([at(old.port), at(other.port)], 'balancing: { type: round-robin }')
  const calls = [client.fullDuplexCall(), client.fullDuplexCall()]
  const told = calls.map(streamed)
  for (const call of calls) call.write(message({ sizes: [1] }))
  await until('each has one', () => old.seen.length === 1 && other.seen.length === 1)
  old.server.tryShutdown(() => {})
  // What is on its way when the instance says farewell can be told from what it has done, but not be sent again.
  await until('calls are answered', async () => {
    const { code } = await empty(client)
    expect([status.OK, status.UNAVAILABLE]).toContain(code)
    return code === status.OK
  })
  const more = await Promise.all(Array.from({ length: 10 }, () => empty(client)))
  expect(new Set(more.map(({ code }) => code))).toEqual(new Set([status.OK]))
  for (const call of calls) call.end(message({ sizes: [2] }))
  for (const outcome of await Promise.all(told)) expect([outcome.code, outcome.sizes]).toEqual([status.OK, [1, 2]])
})
