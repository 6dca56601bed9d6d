import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import {
  type GrpcServer,
  grpcClient,
  grpcServer,
  Metadata,
  message,
  status,
  streamed,
  type TestClient,
  unary,
} from './grpc-rig.ts'

const ROUTES = `
server: { h2c: true }
routing: [{ mode: table, routes: [{ match: { path: /grpc.testing.TestService/* }, service: test }, { match: { path: /grpc.testing.UnimplementedService/* }, service: test }] }]
`
const SPECIAL = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n'

let server: GrpcServer
let client: TestClient

beforeAll(async () => {
  server = await grpcServer()
  const instance = { address: `127.0.0.1:${server.port}`, metadata: { protocol: 'grpc' } }
  const gateway = await startGateway(ROUTES, { services: { test: [instance] } })
  client = grpcClient(gateway.port)
})

beforeEach(() => {
  server.cancelled = 0
  server.seen.length = 0
})

function echoes() {
  const metadata = new Metadata()
  metadata.add('x-grpc-test-echo-initial', 'test_initial_metadata_value')
  metadata.add('x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab]))
  return metadata
}

describe('the interop tests of gRPC, through the gateway', () => {
  it('empty_unary', async () => {
    const told = await unary((done) => client.emptyCall(Buffer.alloc(0), done))
    expect([told.code, told.value]).toEqual([status.OK, Buffer.alloc(0)])
  })

  it('large_unary', async () => {
    const request = message({ sizes: [314_159], padding: 271_828 })
    const told = await unary((done) => client.unaryCall(request, done))
    expect([told.code, told.value?.length]).toEqual([status.OK, 314_159])
  })

  it('client_streaming', async () => {
    const told = await unary((done) => {
      const call = client.streamingInputCall(done)
      for (const size of [27_182, 8, 1828, 45_904]) call.write(Buffer.alloc(size))
      call.end()
      return call
    })
    expect([told.code, String(told.value)]).toEqual([status.OK, '74922'])
  })

  it('server_streaming', async () => {
    const sizes = [31_415, 9, 2653, 58_979]
    const told = await streamed(client.streamingOutputCall(message({ sizes })))
    expect([told.code, told.sizes]).toEqual([status.OK, sizes])
  })

  it('ping_pong', async () => {
    const call = client.fullDuplexCall()
    const told = streamed(call)
    const pairs = [
      [27_182, 31_415],
      [8, 9],
      [1828, 2653],
      [45_904, 58_979],
    ] as const
    for (const [padding, size] of pairs) {
      const answered = new Promise<Buffer>((resolve) => call.once('data', resolve))
      call.write(message({ sizes: [size], padding }))
      expect((await answered).length).toBe(size)
    }
    call.end()
    expect((await told).code).toBe(status.OK)
  })

  it('empty_stream', async () => {
    const call = client.fullDuplexCall()
    call.end()
    const told = await streamed(call)
    expect([told.code, told.sizes]).toEqual([status.OK, []])
  })

  it('timeout_on_sleeping_server', async () => {
    const call = client.fullDuplexCall({ deadline: Date.now() + 1 })
    call.write(message({ padding: 27_182 }))
    expect((await streamed(call)).code).toBe(status.DEADLINE_EXCEEDED)
  })

  it('cancel_after_begin', async () => {
    const told = unary((done) => {
      const call = client.streamingInputCall(done)
      until('the call has begun', () => server.seen.length > 0).then(() => call.cancel())
      return call
    })
    expect((await told).code).toBe(status.CANCELLED)
    await until('the server has seen it', () => server.cancelled === 1)
  })

  it('cancel_after_first_response', async () => {
    const call = client.fullDuplexCall()
    const told = streamed(call)
    call.write(message({ sizes: [31_415], padding: 27_182 }))
    call.once('data', () => call.cancel())
    expect((await told).code).toBe(status.CANCELLED)
    await until('the server has seen it', () => server.cancelled === 1)
  })

  it('custom_metadata', async () => {
    const duplex = client.fullDuplexCall(echoes())
    duplex.end(message({ sizes: [9] }))
    const both = await Promise.all([
      unary((done) => client.unaryCall(message({ sizes: [9] }), echoes(), done)),
      streamed(duplex),
    ])
    for (const { code, initial, trailing } of both) {
      expect(code).toBe(status.OK)
      expect(initial.get('x-grpc-test-echo-initial')).toEqual(['test_initial_metadata_value'])
      expect(trailing.get('x-grpc-test-echo-trailing-bin')).toEqual([Buffer.from([0xab, 0xab, 0xab])])
    }
  })

  it.each([
    ['status_code_and_message', 'test status message'],
    ['special_status_message', SPECIAL],
  ])('%s', async (_case, text) => {
    const request = message({ status: { code: status.UNKNOWN, message: text } })
    const duplex = client.fullDuplexCall()
    duplex.write(request)
    const both = await Promise.all([unary((done) => client.unaryCall(request, done)), streamed(duplex)])
    for (const { code, details } of both) expect([code, details]).toEqual([status.UNKNOWN, text])
  })

  it.each([
    ['unimplemented_method', 'unimplementedCall'],
    ['unimplemented_service', 'unimplementedService'],
  ] as const)('%s', async (_case, name) => {
    const told = await unary((done) => client[name](Buffer.alloc(0), done))
    expect([told.code, told.value]).toEqual([status.UNIMPLEMENTED, undefined])
  })
})
