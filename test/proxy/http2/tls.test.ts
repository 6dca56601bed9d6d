import { readFileSync } from 'node:fs'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer, type Server } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { instance } from '../../../src/plugin/index.ts'
import { Http2Transport } from '../../../src/proxy/http2/transport.ts'
import { type Certificates, certificates } from '../../support/certificates.ts'
import { exchange, SETTINGS } from '../http1/exchange.ts'

let files: Certificates
let pem: { cert: Buffer; key: Buffer }

beforeAll(async () => {
  files = await certificates()
  pem = { cert: readFileSync(files.server.cert), key: readFileSync(files.server.key) }
})
afterAll(() => files.remove())

async function to(server: Server | Http2SecureServer, ca = files.ca) {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const settings = { ...SETTINGS, tls: { ...SETTINGS.tls, ca } }
  const upstream = new Http2Transport().open(instance({ host: 'localhost', port, tls: true }), settings)
  onTestFinished(() => {
    upstream.close()
    server.close()
  })
  return upstream
}

describe('over TLS', () => {
  it('HTTP/2 is agreed on by ALPN, and calls share the session', async () => {
    const names: unknown[] = []
    const server = createSecureServer(pem, (request, response) => response.end(request.scheme))
    server.on('secureConnection', (socket) =>
      names.push([socket.alpnProtocol, (socket as { servername?: string }).servername]),
    )
    const upstream = await to(server)
    const all = await Promise.all([exchange(upstream).over, exchange(upstream).over])
    expect(all.map(({ body }) => body)).toEqual(['https', 'https'])
    expect(names).toEqual([['h2', 'localhost']])
  })

  it.each([
    ['speaks HTTP/1.1 only', () => createServer(pem)],
    ['knows no ALPN', () => createTlsServer(pem)],
  ])('an instance that %s cannot be connected to', async (_what, server) => {
    const told = await exchange(await to(server())).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error!.message).toContain('it does not speak HTTP/2 (ALPN h2)')
  })

  it('a certificate that nobody vouches for is refused', async () => {
    const server = createSecureServer(pem)
    const told = await exchange(await to(server, files.server.cert)).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error!.cause).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  })
})
