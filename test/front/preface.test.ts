import { connect as connectHttp2 } from 'node:http2'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../support/until.ts'
import { connected, startFront, talk } from './rig.ts'

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
/** GET / of authority "a", on stream 1, which ends with it. */
const HEADERS = Buffer.from([0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, 0x61])
const GET = 'GET /x HTTP/1.1\r\nhost: a\r\n\r\n'

it('leaves a client to HTTP/2 that begins with its preface, and others to HTTP/1', async () => {
  const front = await startFront({ h2c: true })
  expect(await talk(front, [GET])).toContain('1 /x')
  expect(await talk(front, [Buffer.concat([PREFACE, SETTINGS, HEADERS])])).toContain('2 /')
  const session = connectHttp2(`http://127.0.0.1:${front.port}`)
  onTestFinished(() => session.destroy())
  const request = session.request({ ':path': '/y' }).setEncoding('utf8')
  expect(await new Promise((body) => request.on('data', body))).toBe('2 /y')
})

it('decides byte by byte, as soon as one is different', async () => {
  const front = await startFront({ h2c: true })
  expect(
    await talk(
      front,
      [...Buffer.concat([PREFACE, SETTINGS, HEADERS])].map((byte) => Buffer.of(byte)),
    ),
  ).toContain('2 /')
  expect(
    await talk(
      front,
      [...Buffer.from(GET)].map((byte) => Buffer.of(byte)),
    ),
  ).toContain('1 /x')
  expect(await talk(front, ['P', 'R', 'OPFIND /x HTTP/1.1\r\nhost: a\r\n\r\n'])).toContain('1 /x')
  expect(await talk(front, ['PRI * HTTP/2.0\r\n\r\nSM\r\n\rX'])).toMatch(/^HTTP\/1.1 400/)
})

it('passes on what comes later on the same connection', async () => {
  const front = await startFront({ h2c: true })
  expect(await talk(front, [GET, GET.replace('/x', '/y')], /1 .y/)).toContain('1 /x')
})

it.each([['nothing'], ['P'], ['PRI * HTTP/2.0\r\n\r\nSM']])(
  'does not wait for ever for more than %j',
  async (begun) => {
    const front = await startFront({ h2c: true, limits: { headerTimeoutMs: 60 } })
    const socket = connected(front)
    if (begun !== 'nothing') socket.write(begun)
    await until('it is closed', () => socket.closed)
    expect(front.through).toEqual([])
  },
)

it('lets go of a client that leaves before it has said what it speaks', async () => {
  const front = await startFront({ h2c: true })
  const socket = connected(front)
  socket.end('PRI')
  await until('it is closed', () => socket.closed)
})

it('does not look for it unless it is asked to', async () => {
  const front = await startFront()
  const socket = connected(front)
  await until('it is through', () => front.through.length === 1)
  socket.destroy()
  expect(await talk(front, [PREFACE])).toMatch(/^HTTP\/1.1 400/)
})
