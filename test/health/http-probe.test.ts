import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaults } from '../../src/config/defaults.ts'
import { httpProbe } from '../../src/health/http-probe.ts'
import { probe } from '../../src/health/index.ts'
import { instance } from '../../src/plugin/index.ts'
import { ClientTlsPool } from '../../src/tls/index.ts'
import { certificates } from '../support/certificates.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../support/until.ts'
import { startRawUpstream, startUpstream } from '../support/upstream.ts'
import { active } from './settings.ts'

const at = (port: number, host = '127.0.0.1') => instance({ host, port })

const answering = (status: number, body = '') =>
  startUpstream((_, response) => void response.writeHead(status).end(body))

/** Says that as soon as somebody connects. */
const saying = (text: string, then: (socket: Socket) => void = () => undefined) =>
  startRawUpstream((socket) => {
    socket.resume().write(text, 'latin1')
    then(socket)
  })

describe('a probe by HTTP', () => {
  it('asks for the path over a connection of its own, and says who it is', async () => {
    const up = await answering(200)
    expect(await httpProbe(at(up.port), active({ path: '/health?deep=1' }))).toBeNull()
    expect(up.asked).toMatchObject([{ method: 'GET', url: '/health?deep=1' }])
    expect(up.asked[0]!.headers).toEqual({
      host: up.address,
      'user-agent': 'portolan-probe',
      accept: '*/*',
      connection: 'close',
    })
    await until('the connection is gone', () => up.sockets.size === 0)
  })

  it('sends the host header that it is told to', async () => {
    const up = await answering(200)
    await httpProbe(at(up.port), active({ host: 'shop.example' }))
    expect(up.asked[0]!.headers.host).toBe('shop.example')
  })

  it('passes with a status in one of the ranges, both ends included', async () => {
    const expected = {
      expect: [
        [200, 299],
        [418, 418],
      ] as const,
    }
    for (const [status, reason] of [
      [200, null],
      [299, null],
      [418, null],
      [300, 'status 300'],
      [503, 'status 503'],
    ] as const)
      expect(await httpProbe(at((await answering(status)).port), active(expected))).toBe(reason)
  })

  it('looks for a text within the first 64 KiB of the body', async () => {
    const up = await startUpstream((request, response) => {
      response.write(' '.repeat(Number(request.url!.slice(1))))
      setImmediate(() => response.end('ready'))
    })
    const asked = (bytes: number) => httpProbe(at(up.port), active({ path: `/${bytes}`, body: 'ready' }))
    expect(await asked(10)).toBeNull()
    expect(await asked(64 * 1024 - 5)).toBeNull()
    expect(await asked(64 * 1024 - 4)).toBe('the body is not the expected one')
    expect(await httpProbe(at(up.port), active({ path: '/1', body: 'steady' }))).toBe(
      'the body is not the expected one',
    )
  })

  it('fails when the answer is not there in time, and holds no connection after that', async () => {
    const silent = await startUpstream(() => undefined)
    const slow = await saying('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nrea')
    for (const up of [silent, slow]) {
      const reason = await httpProbe(at(up.port), active({ timeoutMs: 50, body: 'ready' }))
      expect(reason).toBe('no whole answer within 50 ms')
      await until('the connection is gone', () => up.sockets.size === 0)
    }
  })

  it('passes by the head alone where no body is asked for, however that goes on', async () => {
    const endless = await startUpstream((_, response) => void response.write('data: 1\n\n'))
    const broken = await saying('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nrea', (socket) => socket.end())
    for (const up of [endless, broken]) expect(await httpProbe(at(up.port), active({ timeoutMs: 100 }))).toBeNull()
  })

  it('fails, and no more than that, whatever is answered', async () => {
    const answers = [
      '',
      'HTTP/1.1 2',
      'SSH-2.0-OpenSSH_9.6\r\n',
      'HTTP/1.1 999999 OK\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      '\0\u{ff}\u{fe}'.repeat(1000),
    ]
    for (const answer of answers)
      for (const then of [(socket: Socket) => void socket.end(), (socket: Socket) => void socket.resetAndDestroy()]) {
        const up = await saying(answer, then)
        const reason = await httpProbe(at(up.port), active({ body: 'x', timeoutMs: 300 }))
        expect([answer.slice(0, 40), typeof reason]).toEqual([answer.slice(0, 40), 'string'])
      }
  })

  it('fails where nobody listens, and for a name that there is not', async () => {
    const [port] = await freePorts(1)
    expect(await httpProbe(at(port!), active())).toContain('ECONNREFUSED')
    expect(await httpProbe(at(port!, 'nowhere.invalid'), active())).toMatch(/nowhere\.invalid|no whole answer/)
  })

  it('trusts an instance with TLS as requests to it do', async () => {
    const { ca, server, remove } = await certificates()
    onTestFinished(remove)
    const [cert, key] = await Promise.all([server.cert, server.key].map((file) => readFile(file)))
    const secure = createServer({ cert, key }, (_, response) => void response.end())
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void secure.close())
    const { port } = secure.address() as AddressInfo
    const one = { ...at(port), tls: true }
    const pool = new ClientTlsPool()
    onTestFinished(() => pool.close())
    const { tls } = defaults.upstream
    expect(await httpProbe(one, active(), pool.routeTo(one.host, tls))).toContain('certificate')
    expect(await httpProbe(one, active({ timeoutMs: 2000 }), pool.routeTo(one.host, { ...tls, ca }))).toBeNull()
  })
})

it('a probe by TCP asks for a connection and nothing else', async () => {
  const silent = await startRawUpstream(() => undefined)
  expect(await probe(at(silent.port), active({ type: 'tcp' }))).toBeNull()
  await silent.close()
  expect(await probe(at(silent.port), active({ type: 'tcp' }))).toBe('no connection')
})
