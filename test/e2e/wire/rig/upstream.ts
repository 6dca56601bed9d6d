import { AssertionError } from 'node:assert'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { onceEnded } from '../../../support/ended.ts'
import { until } from '../../../support/until.ts'
import type { Message } from './message.ts'
import { Reader } from './reader.ts'

// An absolute-form or `*` target may come, and the case then says what it thinks of that.
const IS_REQUEST = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e\x80-\xff]+ HTTP\/1\.[01]$/

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Bytes are written once the request is complete; a function is called once its head is there, and writes for itself. */
export type Script = string | Buffer | ((request: UpstreamRequest) => unknown)

/** A request as the gateway has written it. */
export class UpstreamRequest {
  readonly message: Message
  readonly connection: UpstreamConnection

  constructor(message: Message, connection: UpstreamConnection) {
    this.message = message
    this.connection = connection
  }

  get method(): string {
    return this.message.startLine.split(' ')[0]!
  }

  get target(): string {
    return this.message.startLine.split(' ')[1]!
  }

  get body(): string {
    return this.message.body
  }

  get complete(): boolean {
    return this.message.complete
  }

  field(name: string): string | undefined {
    return this.message.field(name)
  }

  all(name: string): string[] {
    return this.message.all(name)
  }

  /** All of it has come. */
  whole(): Promise<boolean> {
    return until('the request is complete', () => this.complete)
  }

  /** Writes to the gateway; text in latin1. */
  write(bytes: string | Buffer): this {
    this.connection.write(bytes)
    return this
  }

  end(): void {
    this.connection.socket.end()
  }

  reset(): void {
    this.connection.reset()
  }
}

/** One connection that the gateway has opened, and all that it has written to it. */
export class UpstreamConnection {
  readonly socket: Socket
  readonly requests: UpstreamRequest[] = []
  /** In latin1; without bodies that are not kept. */
  received = ''
  receivedBytes = 0
  /** What is no HTTP about it; from there on nothing is read as a request. */
  violation: string | undefined
  /** What came after `tunnel()`. */
  tunnelled = ''
  ended: 'end' | 'reset' | undefined
  #tunnel = false
  #reader: Reader

  constructor(socket: Socket, keep: () => boolean, begun: (request: UpstreamRequest) => void) {
    this.socket = socket
    const newReader = () =>
      new Reader({
        isStart: IS_REQUEST,
        framing: () => undefined,
        keep: keep(),
        begun: (message) => {
          const request = new UpstreamRequest(message, this)
          this.requests.push(request)
          begun(request)
        },
      })
    this.#reader = newReader()
    socket.on('data', (chunk: Buffer) => {
      this.receivedBytes += chunk.length
      if (keep()) this.received += chunk.toString('latin1')
      if (this.#tunnel) this.tunnelled += chunk.toString('latin1')
      else this.#read(chunk, newReader)
    })
    onceEnded(socket, (how) => {
      this.ended = how
    })
  }

  #read(chunk: Buffer, newReader: () => Reader): void {
    if (this.violation !== undefined) return
    try {
      this.#reader.push(chunk)
      while (this.#reader.done) {
        const { rest } = this.#reader
        this.#reader = newReader()
        if (this.#tunnel) this.tunnelled += rest.toString('latin1')
        if (this.#tunnel || rest.length === 0) return
        this.#reader.push(rest)
      }
    } catch (error) {
      this.violation = String((error as Error).message)
    }
  }

  /** From now on what comes is no HTTP. */
  tunnel(): void {
    this.#tunnel = true
  }

  write(bytes: string | Buffer): void {
    if (this.socket.writable) this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** The gateway ends it. */
  closed(patienceMs?: number): Promise<'end' | 'reset'> {
    return until('the gateway closes its connection to the upstream', () => this.ended, patienceMs)
  }
}

/** The instance behind the gateway: exact bytes both ways. Belongs to one case. */
export class WireUpstream {
  readonly connections: UpstreamConnection[] = []
  /** Over all connections, in the order in which their heads came. */
  readonly requests: UpstreamRequest[] = []
  /** false: bodies are counted, not kept. */
  keep = true
  /** Called with each connection before anything has come on it. */
  onConnection: ((connection: UpstreamConnection) => void) | undefined
  /** How often the gateway has connected; with TLS not every time does a connection come of it. */
  dials = 0
  /** What a script found wrong: the case fails with it. */
  objection: AssertionError | undefined
  #port = 0
  #server: Server
  #scripts: readonly Script[] = [OK]

  constructor(tls?: TlsOptions) {
    const accept = (socket: Socket) => {
      const connection = new UpstreamConnection(
        socket,
        () => this.keep,
        (request) => this.#asked(request),
      )
      this.connections.push(connection)
      this.onConnection?.(connection)
    }
    this.#server = tls ? createTlsServer(tls, accept) : createServer({ allowHalfOpen: true, noDelay: true }, accept)
    this.#server.on('connection', () => {
      this.dials++
    })
  }

  get port(): number {
    return this.#port
  }

  /** As a registry names it. */
  get address(): string {
    const { address, family, port } = this.#server.address() as AddressInfo
    return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
  }

  /** What the first request is answered with, the second, ...; the last one holds for all that follow. */
  respond(...scripts: readonly [Script, ...Script[]]): this {
    this.#scripts = scripts
    return this
  }

  #asked(request: UpstreamRequest): void {
    const script = this.#scripts[Math.min(this.requests.length, this.#scripts.length - 1)]!
    this.requests.push(request)
    if (typeof script !== 'function') request.whole().then(() => request.write(script), noop)
    else void this.#follow(script, request)
  }

  async #follow(script: (request: UpstreamRequest) => unknown, request: UpstreamRequest): Promise<void> {
    try {
      await script(request)
    } catch (error) {
      // A request that never became whole is not the upstream's to judge.
      if (error instanceof AssertionError) this.objection ??= error
    }
  }

  /** Waits for the head of the n-th request. */
  request(n = 1, patienceMs?: number): Promise<UpstreamRequest> {
    return until(`request ${n} upstream`, () => this.requests[n - 1], patienceMs)
  }

  /** Waits for the n-th connection. */
  connection(n = 1, patienceMs?: number): Promise<UpstreamConnection> {
    return until(`connection ${n} upstream`, () => this.connections[n - 1], patienceMs)
  }

  /** All that came on any connection, in latin1. */
  get received(): string {
    return this.connections.map(({ received }) => received).join('')
  }

  /** Listens, on the port it had before if it had one. */
  async listen(host = '127.0.0.1'): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, host, resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Refuses connections from now on; those that are open stay. */
  refuse(): void {
    this.#server.close()
  }

  close(): void {
    this.#server.close()
    for (const { socket } of this.connections) socket.destroy()
  }
}

function noop(): void {}
