import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientOptions,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  credentials,
  Metadata,
  makeClientConstructor,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerOptions,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { afterAll, onTestFinished, TestRunner } from 'vitest'

/** Answers of these sizes are asked for, or this status. */
export interface Ask {
  readonly sizes?: readonly number[]
  readonly status?: { readonly code: number; readonly message: string }
  /** So many bytes more. */
  readonly padding?: number
}

/** Messages are bytes; what they say is JSON, and then blanks. */
export const message = ({ padding = 0, ...ask }: Ask) => Buffer.from(JSON.stringify(ask) + ' '.repeat(padding))
const asked = (bytes: Buffer): Ask => (bytes.length === 0 ? {} : JSON.parse(bytes.toString()))

const bytes = (value: Buffer) => value
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  ...{ path, requestStream, responseStream, originalName: path },
  ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
})

/** That of the interop tests of gRPC, less its types of messages. */
export const TEST_SERVICE = {
  emptyCall: method('/grpc.testing.TestService/EmptyCall', false, false),
  unaryCall: method('/grpc.testing.TestService/UnaryCall', false, false),
  streamingOutputCall: method('/grpc.testing.TestService/StreamingOutputCall', false, true),
  streamingInputCall: method('/grpc.testing.TestService/StreamingInputCall', true, false),
  fullDuplexCall: method('/grpc.testing.TestService/FullDuplexCall', true, true),
} satisfies ServiceDefinition

/** What no server has. */
const MISSING = {
  unimplementedCall: method('/grpc.testing.TestService/UnimplementedCall', false, false),
  unimplementedService: method('/grpc.testing.UnimplementedService/UnimplementedCall', false, false),
  notExposed: method('/grpc.hidden.Service/Call', false, false),
} satisfies ServiceDefinition

const INITIAL = 'x-grpc-test-echo-initial'
const TRAILING = 'x-grpc-test-echo-trailing-bin'

export interface GrpcServer {
  readonly port: number
  /** Calls that the server has seen cancelled. */
  cancelled: number
  readonly seen: Metadata[]
  /** Connections that calls have come on. */
  readonly sessions: ReadonlySet<unknown>
  /** Leaves calls without any answer. */
  sleeps: boolean
  readonly server: Server
}

/** An instance of `@grpc/grpc-js`, gone with the test, or with the file if no test runs. */
export async function grpcServer(
  options: ServerOptions = {},
  secure = ServerCredentials.createInsecure(),
): Promise<GrpcServer> {
  const server = new Server(options)
  const sessions = new Set<unknown>()
  const it = { port: 0, cancelled: 0, seen: [] as Metadata[], sleeps: false }
  server.addService(TEST_SERVICE, {
    emptyCall(call: Unary, done: Done) {
      const trailers = begin(call)
      if (!it.sleeps) done(null, Buffer.alloc(0), trailers)
    },
    unaryCall(call: Unary, done: Done) {
      const { sizes = [0], status } = asked(call.request)
      const trailers = begin(call)
      if (status) done({ ...status, details: status.message, metadata: trailers })
      else done(null, Buffer.alloc(sizes[0]!), trailers)
    },
    streamingOutputCall(call: ServerWritableStream<Buffer, Buffer>) {
      const trailers = begin(call)
      for (const size of asked(call.request).sizes ?? []) call.write(Buffer.alloc(size))
      call.end(trailers)
    },
    streamingInputCall(call: ServerReadableStream<Buffer, Buffer>, done: Done) {
      const trailers = begin(call)
      let total = 0
      call.on('data', (chunk: Buffer) => (total += chunk.length))
      call.on('end', () => done(null, Buffer.from(String(total)), trailers))
    },
    fullDuplexCall(call: ServerDuplexStream<Buffer, Buffer>) {
      const trailers = begin(call)
      call.on('data', (chunk: Buffer) => {
        const { sizes = [], status } = asked(chunk)
        if (status) call.emit('error', { ...status, details: status.message })
        for (const size of sizes) call.write(Buffer.alloc(size))
      })
      call.on('end', () => call.end(trailers))
    },
  })

  function begin(call: AnyCall): Metadata {
    it.seen.push(call.metadata)
    sessions.add(call.getPeer())
    call.on('cancelled', () => it.cancelled++)
    const [initial, trailers] = [new Metadata(), new Metadata()]
    for (const value of call.metadata.get(INITIAL)) initial.add(INITIAL, value)
    for (const value of call.metadata.get(TRAILING)) trailers.add(TRAILING, value)
    if (!it.sleeps) call.sendMetadata(initial)
    return trailers
  }

  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', secure, (error, bound) => (error ? reject(error) : resolve(bound))),
  )
  atTheEnd(() => server.forceShutdown())
  return Object.assign(it, { port, server, sessions })
}

type AnyCall = Pick<Unary, 'metadata' | 'sendMetadata' | 'getPeer'> & NodeJS.EventEmitter
type Unary = ServerUnaryCall<Buffer, Buffer>
type Done = sendUnaryData<Buffer>

/** A client of all methods, there or not, closed as the server is. */
export function grpcClient(
  port: number,
  options: ClientOptions = {},
  secure = credentials.createInsecure(),
): TestClient {
  const Stub = makeClientConstructor({ ...TEST_SERVICE, ...MISSING }, 'TestService')
  const client = new Stub(`localhost:${port}`, secure, options)
  atTheEnd(() => client.close())
  return client as unknown as TestClient
}

/** What grpc-js makes of the definitions at run time. */
export interface TestClient extends Client, Record<'emptyCall' | 'unaryCall' | keyof typeof MISSING, AskOnce> {
  streamingOutputCall(request: Buffer): ClientReadableStream<Buffer>
  streamingInputCall(answered: Answered): ClientWritableStream<Buffer>
  fullDuplexCall(more?: More): ClientDuplexStream<Buffer, Buffer>
}

interface AskOnce {
  (request: Buffer, answered: Answered): ClientUnaryCall
  (request: Buffer, more: More, answered: Answered): ClientUnaryCall
}

type Answered = (error: unknown, value?: Buffer) => void
type More = Metadata | CallOptions

export interface Outcome {
  readonly value: Buffer | undefined
  readonly code: number
  readonly details: string
  readonly initial: Metadata
  readonly trailing: Metadata
}

/** One call with one answer, to its end. */
export function unary(call: (done: Answered) => NodeJS.EventEmitter): Promise<Outcome> {
  return new Promise((resolve) => {
    let value: Buffer | undefined
    let initial = new Metadata()
    call((_error, answer) => (value = answer))
      .on('metadata', (metadata) => (initial = metadata))
      .on('status', ({ code, details, metadata }) => resolve({ value, code, details, initial, trailing: metadata }))
  })
}

/** One call with many answers, to its end: their sizes. */
export function streamed(call: NodeJS.EventEmitter): Promise<Outcome & { readonly sizes: readonly number[] }> {
  const sizes: number[] = []
  let initial = new Metadata()
  return new Promise((resolve) => {
    call
      .on('data', (chunk: Buffer) => sizes.push(chunk.length))
      .on('metadata', (metadata) => (initial = metadata))
      .on('error', () => {})
      .on('status', ({ code, details, metadata }) =>
        resolve({ sizes, value: undefined, code, details, initial, trailing: metadata }),
      )
  })
}

const endings: (() => void)[] = []
afterAll(() => endings.forEach((end) => void end()))

function atTheEnd(end: () => void): void {
  if (TestRunner.getCurrentTest()) onTestFinished(end)
  else endings.push(end)
}

export { credentials, Metadata, ServerCredentials, status }
