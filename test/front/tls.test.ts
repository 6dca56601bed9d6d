import { readFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { get } from 'node:https'
import { type ConnectionOptions, connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Certificates, certificates } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { type FrontRig, startFront } from './rig.ts'

let files: Certificates

beforeAll(async () => {
  files = await certificates()
})

afterAll(() => files.remove())

describe('over TLS', () => {
  it('a client that offers HTTP/2 gets it, and others get HTTP/1.1', async () => {
    const front = await startFront({ tls: tls() })
    expect(await body(front)).toBe('1 /x')
    const session = connectHttp2(`https://localhost:${front.port}`, { ca: readFileSync(files.ca) })
    onTestFinished(() => session.destroy())
    const request = session.request({ ':path': '/y' }).setEncoding('utf8')
    expect(await new Promise((text) => request.on('data', text))).toBe('2 /y')
    expect(await negotiated(front, ['http/1.1'])).toBe('http/1.1')
    expect(await negotiated(front, ['h2', 'http/1.1'])).toBe('h2')
    expect(await negotiated(front, undefined)).toBe(false)
  })

  it('HTTP/2 is not offered where it is switched off', async () => {
    const front = await startFront({ tls: tls(), http2: false })
    expect(await negotiated(front, ['h2', 'http/1.1'])).toBe('http/1.1')
  })

  it('what fails in the handshake ends nothing but its connection, and is told in the debug log', async () => {
    const front = await startFront({ tls: tls() })
    const socket = front.connect()
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await until('it is closed', () => socket.closed)
    await until('a line', () => front.log.length > 0)
    expect(front.log).toMatchObject([{ level: 'debug', msg: 'a TLS handshake failed' }])
    expect(await body(front)).toBe('1 /x')
  })

  it.each([[''], ['\x16\x03\x01']])('a handshake that stops after %j is not waited for', async (begun) => {
    const front = await startFront({ tls: tls(), limits: { headerTimeoutMs: 60 } })
    const socket = front.connect().on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    socket.write(begun, 'latin1')
    await until('it is closed', () => socket.closed)
  })

  it('a cut takes handshakes and connections along', async () => {
    const front = await startFront({ tls: tls() })
    const waiting = front.connect().on('error', () => undefined)
    const through = secure(front, {}).on('error', () => undefined)
    await until('one is through', () => front.through.length === 1)
    front.cut()
    await until('both are closed', () => waiting.closed && through.closed && front.through[0]!.closed)
  })
})

const tls = () => ({ certificates: [files.server], minVersion: 'TLSv1.2' as const, clients: null })

function secure(front: FrontRig, options: ConnectionOptions) {
  const socket = connect({
    port: front.port,
    host: 'localhost',
    servername: 'localhost',
    ca: readFileSync(files.ca),
    ...options,
  })
  onTestFinished(() => void socket.destroy())
  return socket
}

function negotiated(front: FrontRig, ALPNProtocols: string[] | undefined) {
  const socket = secure(front, ALPNProtocols ? { ALPNProtocols } : {})
  return new Promise((protocol, fail) => {
    socket.on('secureConnect', () => protocol(socket.alpnProtocol)).on('error', fail)
  })
}

function body(front: FrontRig): Promise<string> {
  return new Promise((done, fail) => {
    const options = {
      port: front.port,
      host: 'localhost',
      path: '/x',
      ca: readFileSync(files.ca),
      agent: false as const,
    }
    get(options, (response) => response.setEncoding('utf8').on('data', done)).on('error', fail)
  })
}
