import { copyFile, readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { UpstreamConfig } from '../../../src/config/types.ts'
import { instance } from '../../../src/plugin/index.ts'
import { Http1Transport } from '../../../src/proxy/http1/transport.ts'
import type { Upstream } from '../../../src/proxy/transport.ts'
import { ClientTlsPool } from '../../../src/tls/index.ts'
import { type Certificates, certificates, type Pair } from '../../support/certificates.ts'
import { until } from '../../support/until.ts'
import { exchange, SETTINGS } from './exchange.ts'

type Tls = Partial<UpstreamConfig['tls']>

let files: Certificates
let shop: Pair

beforeAll(async () => {
  files = await certificates()
  shop = await files.sign('shop', 'subjectAltName=DNS:shop.example')
})

afterAll(() => files.remove())

describe('over TLS', () => {
  it('one connection serves several calls, and asks for the server by name', async () => {
    const server = await secure(files.server)
    const upstream = server.open('localhost', { ca: files.ca })
    for (let i = 0; i < 5; i++) expect((await exchange(upstream).over).body).toBe('GET over http/1.1')
    expect(server.shaken).toMatchObject([{ servername: 'localhost' }])
  })

  it('an address is no name to ask for, but the certificate must bear it', async () => {
    const server = await secure(files.server)
    expect((await exchange(server.open('127.0.0.1', { ca: files.ca })).over).body).toBe('GET over http/1.1')
    expect(server.shaken).toMatchObject([{ servername: false }])
    const other = await secure(shop)
    expect(await refusal(other.open('127.0.0.1', { ca: files.ca }))).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('a certificate that nobody vouches for is refused', async () => {
    const server = await secure(files.server)
    expect(await refusal(server.open('localhost'))).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  it('a certificate for another name is refused, unless it is the name that is set', async () => {
    const server = await secure(shop)
    expect(await refusal(server.open('localhost', { ca: files.ca }))).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    const named = server.open('localhost', { ca: files.ca, serverName: 'shop.example' })
    expect((await exchange(named).over).body).toBe('GET over http/1.1')
    expect(server.shaken.at(-1)).toMatchObject({ servername: 'shop.example' })
    const misnamed = server.open('localhost', { ca: files.ca, serverName: '127.0.0.1' })
    expect(await refusal(misnamed)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('nothing is checked where that is switched off', async () => {
    const server = await secure(shop)
    expect((await exchange(server.open('localhost', { verify: false })).over).body).toBe('GET over http/1.1')
  })

  it('a certificate of our own is shown where there is one', async () => {
    const server = await secure(files.server, { requestCert: true, ca: await readFile(files.ca) })
    expect(await refusal(server.open('localhost', { ca: files.ca }))).toMatch(/ECONNRESET|CERTIFICATE_REQUIRED/)
    const upstream = server.open('localhost', { ca: files.ca, ...files.client })
    expect((await exchange(upstream).over).body).toBe('GET over http/1.1')
    expect(server.shaken.at(-1)!.getPeerCertificate().subject.CN).toBe('client')
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a later connection resumes the session of %s', async (maxVersion) => {
    const server = await secure(files.server, { maxVersion })
    const upstream = server.open('localhost', { ca: files.ca }, { idleTimeoutMs: 1 })
    const again = async () => {
      await exchange(upstream).over
      return server.shaken.at(-1)!.isSessionReused()
    }
    await until('it is resumed', again)
  })

  it('files that change are read again: the next connection is made with them', async () => {
    const lines: unknown[] = []
    const note = (fields: object, msg: string) => void lines.push({ msg, ...fields })
    const ca = join(files.directory, 'instances.pem')
    await copyFile(shop.cert, ca)
    const server = await secure(files.server)
    const upstream = server.open('localhost', { ca }, {}, new ClientTlsPool({ info: note, warn: note }))
    expect(await refusal(upstream)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    await copyFile(shop.key, ca)
    await until('a warning', () => lines.length === 1)
    await copyFile(files.ca, ca)
    await until('they are taken', () => lines.length === 2)
    expect((await exchange(upstream).over).body).toBe('GET over http/1.1')
    expect(lines).toEqual([
      {
        msg: 'changed certificates are not used with instances: the former ones stay',
        file: ca,
        reason: 'holds no PEM certificate',
      },
      { msg: 'changed certificates are used with instances from now on' },
    ])
  })

  it('without the files there is no connection, and the error says why', async () => {
    const server = await secure(files.server)
    const told = await exchange(server.open('localhost', { ca: '/nowhere.pem' })).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error!.message).toContain('/nowhere.pem: no such file')
  })
})

/** An instance with this certificate, the sockets whose handshake it has finished, and ways to it. */
async function secure(pair: Pair, options: ServerOptions = {}) {
  const [cert, key] = await Promise.all([readFile(pair.cert), readFile(pair.key)])
  const server: Server = createServer({ ...options, cert, key }, (request, response) => {
    response.end(`${request.method} over ${(request.socket as { alpnProtocol?: string }).alpnProtocol}`)
  })
  const shaken: TLSSocket[] = []
  server.on('secureConnection', (socket) => shaken.push(socket))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const open = (host: string, tls: Tls = {}, settings: Partial<UpstreamConfig> = {}, pool = new ClientTlsPool()) => {
    const all = { ...SETTINGS, ...settings, tls: { ...SETTINGS.tls, ...tls } }
    const upstream = new Http1Transport({ tls: pool }).open(instance({ host, port, tls: true }), all)
    onTestFinished(() => {
      upstream.close()
      pool.close()
    })
    return upstream
  }
  return { shaken, open }
}

/** The code of what keeps a connection from being made. */
async function refusal(upstream: Upstream): Promise<unknown> {
  const told = await exchange(upstream).over
  return (told.error!.cause as NodeJS.ErrnoException).code
}
