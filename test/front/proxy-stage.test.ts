import { readFileSync } from 'node:fs'
import { connect as connectTls } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { peerOf } from '../../src/proxy/peer.ts'
import { certificates } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { connected, type FrontRig, startFront, talk } from './rig.ts'

const LINE = 'PROXY TCP4 192.0.2.1 10.0.0.1 12345 80\r\n'
const BINARY = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201' + '0a00000130390050', 'hex')
const GET = 'GET /x HTTP/1.1\r\nhost: a\r\n\r\n'
const proxyProtocol = ['127.0.0.0/8']

const clients = (front: FrontRig) => front.through.map((socket) => peerOf(socket).address)

it('names the client, in both versions, with the request right behind it', async () => {
  const front = await startFront({ proxyProtocol })
  expect(await talk(front, [LINE + GET])).toContain('1 /x')
  expect(await talk(front, [Buffer.concat([BINARY, Buffer.from(GET)])])).toContain('1 /x')
  expect(clients(front)).toEqual(['192.0.2.1', '192.0.2.1'])
})

it('may come byte by byte', async () => {
  const front = await startFront({ proxyProtocol, h2c: true })
  const bytes = [...Buffer.concat([BINARY, Buffer.from(GET)])].map((byte) => Buffer.of(byte))
  expect(await talk(front, bytes)).toContain('1 /x')
  expect(clients(front)).toEqual(['192.0.2.1'])
})

it('leaves the peer as the client where it names none', async () => {
  const front = await startFront({ proxyProtocol })
  expect(await talk(front, [`PROXY UNKNOWN\r\n${GET}`])).toContain('1 /x')
  expect(clients(front)).toEqual(['127.0.0.1'])
})

it.each([[GET], [`${LINE.replace('TCP4', 'TCP5')}${GET}`], ['\r\n\r\n\0\r\nQUIT\n\x31']])(
  'is asked of those who are to send one: %j closes the connection',
  async (begun) => {
    const front = await startFront({ proxyProtocol })
    const socket = connected(front)
    socket.write(begun, 'latin1')
    await until('it is closed', () => socket.closed)
    expect(front.through).toEqual([])
    expect(front.refused).toEqual(['proxy-header'])
    expect(front.log).toMatchObject([{ level: 'debug', client: '127.0.0.1' }])
  },
)

it('is no HTTP from anybody else', async () => {
  const front = await startFront({ proxyProtocol: ['192.0.2.0/24'] })
  expect(await talk(front, [LINE + GET])).toMatch(/^HTTP\/1.1 400/)
  expect(clients(front)).toEqual(['127.0.0.1'])
})

it.each([[''], ['PROXY TCP4 192.0.2.1']])('is not waited for for ever after %j', async (begun) => {
  const front = await startFront({ proxyProtocol, limits: { headerTimeoutMs: 60 } })
  const socket = connected(front)
  socket.write(begun)
  await until('it is closed', () => socket.closed)
})

it('comes before TLS, in one piece with its first bytes', async () => {
  const files = await certificates()
  onTestFinished(() => files.remove())
  const front = await startFront({
    proxyProtocol,
    tls: { certificates: [files.server], minVersion: 'TLSv1.2', clients: null },
  })
  const tcp = connected(front)
  tcp.cork()
  tcp.write(LINE)
  const socket = connectTls({ socket: tcp, servername: 'localhost', ca: readFileSync(files.ca) })
  setImmediate(() => tcp.uncork())
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  socket.write(GET)
  await until('the answer', () => text.includes('1 /x'))
  expect(front.through.map((it) => peerOf(it))).toMatchObject([{ address: '192.0.2.1', encrypted: true }])
})
