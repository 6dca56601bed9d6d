import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { standstillOf } from '../support/standstill.ts'
import { until } from '../support/until.ts'
import { startRawUpstream, type Upstream } from '../support/upstream.ts'

const MB = 2 ** 20
const GB = 2 ** 30
const MOST_MB = 16
/** Of it, to see that it flows. */
const ENOUGH = 100 * MB
const PIECE = Buffer.alloc(64 * 1024)

const FRAMINGS = {
  'a length': [`Content-Length: ${GB}`, PIECE],
  chunks: ['Transfer-Encoding: chunked', Buffer.concat([Buffer.from('10000\r\n'), PIECE, Buffer.from('\r\n')])],
} as const

/** The instance's side of the exchange, which reads only if the test wants it to. */
let instance: Socket
let upstream: Upstream
let gateway: GatewayProcess
/** Counts and holds request bodies. */
let limited: GatewayProcess

beforeAll(async () => {
  upstream = await startRawUpstream((socket) => {
    instance = socket
    socket.pause()
  })
  const services = { up: [upstream.address] }
  gateway = await startGateway('upstream: { responseTimeout: 60s }', { services })
  limited = await startGateway('{ upstream: { responseTimeout: 60s }, server: { limits: { bodyBytes: 4GiB } } }', {
    services,
  })
})

describe.each(Object.entries(FRAMINGS))(
  'a body of 1 GB with %s takes next to no memory',
  (_framing, [field, piece]) => {
    it('when the instance reads nothing of it', () => stalledUpload(gateway, field, piece))

    it('when the instance reads nothing of it, and its length is held to a limit', () =>
      stalledUpload(limited, field, piece))

    it('when the client reads nothing of it', async () => {
      const client = await RawClient.open(gateway.port)
      client.write('GET /services/up/ HTTP/1.1\r\nHost: a\r\n\r\n')
      const from = await connected()
      from.write(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n`)
      await stalls(gateway, from, client.socket, piece)
    })
  },
)

async function stalledUpload(through: GatewayProcess, field: string, piece: Buffer): Promise<void> {
  const client = await RawClient.open(through.port)
  client.write(`POST /services/up/ HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n`)
  await stalls(through, client.socket, await connected(), piece)
}

/** The one side writes what the other one, which reads nothing at first, will take; then it reads. */
async function stalls(through: GatewayProcess, from: Socket, to: Socket, piece: Buffer): Promise<void> {
  to.pause()
  const before = await residentMb(through)
  const pour = () => {
    while (from.writable && from.write(piece));
  }
  from.on('drain', pour)
  pour()
  await standstillOf(from)
  expect((await residentMb(through)) - before).toBeLessThan(MOST_MB)
  let taken = 0
  to.removeAllListeners('data').on('data', (chunk: Buffer | string) => {
    taken += chunk.length
  })
  to.resume()
  await until('the body flows', () => taken > ENOUGH)
  from.destroy()
}

async function connected(): Promise<Socket> {
  const before = instance
  return until('the instance is asked', () => instance !== before && instance)
}

async function residentMb({ pid }: GatewayProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024
}
