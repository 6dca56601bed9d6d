import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { afterAll, onTestFinished, TestRunner } from 'vitest'

/** What an instance was asked, with its body once that is whole. */
export interface Asked {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  body: Buffer
  trailers: readonly string[]
  /** The whole body came. */
  complete: boolean
}

export interface Upstream {
  readonly address: string
  readonly port: number
  readonly asked: Asked[]
  /** Connections that are open now. */
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** An instance on a free port, gone with the test, or with the file if no test runs. Notes what it is asked. */
export async function startUpstream(answer: Answer = echo): Promise<Upstream> {
  const asked: Asked[] = []
  const note: RequestListener = (request, response) => {
    const { method = '', url = '', rawHeaders, headers } = request
    const entry: Asked = { method, url, rawHeaders, headers, body: Buffer.alloc(0), trailers: [], complete: false }
    asked.push(entry)
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined)
    request.on('end', () => {
      Object.assign(entry, { body: Buffer.concat(chunks), trailers: request.rawTrailers, complete: true })
    })
    answer(request, response)
  }
  return { ...(await opened(createServer({ maxHeaderSize: 64 * 1024 }, note))), asked }
}

/** An instance that speaks whatever `talk` says, on bare sockets. */
export async function startRawUpstream(talk: (socket: Socket, connections: number) => void): Promise<Upstream> {
  let connections = 0
  return { ...(await opened(createTcpServer((socket) => talk(socket, ++connections)))), asked: [] }
}

/** Answers with the text for the path, or with 404. */
export const demo =
  (answers: Readonly<Record<string, string>>): Answer =>
  (request, response) => {
    const text = answers[request.url ?? '']
    response.writeHead(text ? 200 : 404, { 'content-type': 'text/plain' }).end(text ?? 'Not found.')
  }

export const SERVICE_1 = demo({ '/': 'This is Service 1.', '/user?id=1': "It's user 1." })
export const SERVICE_2 = demo({ '/': 'This is Service 2.' })

/** Says in JSON what it was asked, once all of it has come. */
export function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const { method, url, rawHeaders } = request
    const body = Buffer.concat(chunks).toString('latin1')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method, url, rawHeaders, body, trailers: request.rawTrailers }))
  })
}

async function opened(server: Server) {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      for (const socket of sockets) socket.destroy()
    })
  if (TestRunner.getCurrentTest()) onTestFinished(close)
  else open.push(close)
  return { address: `127.0.0.1:${port}`, port, sockets, close }
}

const open: (() => Promise<void>)[] = []
afterAll(() => Promise.all(open.map((close) => close())))
