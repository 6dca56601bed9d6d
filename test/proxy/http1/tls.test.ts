import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { instance } from '../../../src/plugin/index.ts'
import { Http1Transport } from '../../../src/proxy/http1/transport.ts'
import { exchange, SETTINGS } from './exchange.ts'

let folder: string
let server: Server
let cert: Buffer
let connections = 0
const names: unknown[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'http1-tls-'))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const out = ['-nodes', '-days', '2', '-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', ['req', '-x509', ...ec, ...name, ...out], { stdio: 'ignore' })
  cert = readFileSync(certFile)
  server = createServer({ key: readFileSync(keyFile), cert }, (request, response) => {
    response.end(`${request.method} over ${(request.socket as { alpnProtocol?: string }).alpnProtocol}`)
  })
  server.on('secureConnection', (socket) => {
    connections++
    names.push((socket as { servername?: unknown }).servername)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

describe('over TLS', () => {
  const open = (host: string, ca?: Buffer) => {
    const { port } = server.address() as AddressInfo
    const upstream = new Http1Transport(ca && { tls: { ca } }).open(instance({ host, port, tls: true }), SETTINGS)
    onTestFinished(() => upstream.close())
    return upstream
  }

  it('a certificate that nobody vouches for is refused', async () => {
    const told = await exchange(open('127.0.0.1')).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error!.cause).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })

  it('one connection serves several calls, and asks for the server by name', async () => {
    const before = connections
    const upstream = open('localhost', cert)
    for (let i = 0; i < 5; i++) expect((await exchange(upstream).over).body).toBe('GET over http/1.1')
    expect(connections - before).toBe(1)
    expect(names.at(-1)).toBe('localhost')
  })

  it('a certificate for another name is refused', async () => {
    const told = await exchange(open('127.0.0.1', cert)).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error!.cause).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })
})
