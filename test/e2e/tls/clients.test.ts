import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { Agent, type RequestOptions, request } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type Certificates, certificates, type Pair } from '../../support/certificates.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw.ts'
import { until } from '../../support/until.ts'
import { startUpstream } from '../../support/upstream.ts'

const run = promisify(execFile)

let files: Certificates
let shop: Pair
let paths: { cert: string; key: string }

beforeAll(async () => {
  files = await certificates()
  shop = await files.sign('shop', 'subjectAltName=DNS:localhost,DNS:shop.example')
  paths = { cert: join(files.directory, 'tls.crt'), key: join(files.directory, 'tls.key') }
})

afterAll(() => files.remove())

it('requests by HTTPS are served, and instances are told', async () => {
  await put(files.server)
  const { gateway, upstream } = await served()
  expect((await get(gateway)).status).toBe(200)
  expect(upstream.asked[0]!.headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' })
  expect(await gateway.metric('portolan_connections_refused_total')).toBe(0)
})

it('openssl shakes hands, is shown the chain, and resumes its session in any worker', async () => {
  await put(files.server)
  const { gateway } = await served({ workers: 2 })
  const target = ['-connect', `127.0.0.1:${gateway.port}`, '-servername', 'localhost', '-CAfile', files.ca]
  const { stdout } = await run('sh', ['-c', `openssl s_client ${target.join(' ')} -tls1_2 -reconnect </dev/null`])
  expect(stdout).toContain('Verify return code: 0 (ok)')
  expect(stdout.match(/^Reused, /gm)).toHaveLength(5)
})

it('certificates that change are shown by every worker, while no request is lost', async () => {
  await put(files.server)
  const { gateway } = await served({ workers: 2 })
  const kept = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => kept.destroy())
  const statuses: number[] = []
  let busy = true
  const traffic = (async () => {
    while (busy) statuses.push((await get(gateway, { agent: kept })).status, (await get(gateway)).status)
  })()

  await put(shop)
  const said = () => gateway.logs.filter(({ msg }) => msg === 'changed certificates are shown from now on')
  await until('both workers show the new one', () => new Set(said().map(({ pid }) => pid)).size === 2)
  for (let time = 0; time < 4; time++) expect((await get(gateway)).owner).toBe('shop')
  busy = false
  await traffic
  expect((await get(gateway, { agent: kept })).owner).toBe('server')
  expect(new Set(statuses)).toEqual(new Set([200]))
})

it('a worker that replaces a dead one shows what the others show, and takes their tickets', async () => {
  await put(files.server)
  const { gateway } = await served({ workers: 2 })
  const session = await new Promise<Buffer>((told) => secure(gateway).on('session', told))
  process.kill((await gateway.workers())[0]!, 'SIGKILL')
  await until('it is replaced', async () => {
    const restarts = await gateway.metric('portolan_worker_restarts_total')
    return restarts === 1 && (await gateway.metric('portolan_workers')) === 2
  })
  for (let time = 0; time < 4; time++) {
    const resumed = secure(gateway, session)
    await new Promise((done, fail) => resumed.on('secureConnect', done).on('error', fail))
    expect(resumed.isSessionReused()).toBe(true)
  }
})

it('a drain waits for no handshake for longer than it may take', async () => {
  await put(files.server)
  const { gateway } = await served({ limits: { headerTimeout: '2s' } })
  const client = connectTcp(gateway.port, '127.0.0.1').on('error', () => undefined)
  onTestFinished(() => void client.destroy())
  await new Promise((connected) => client.once('connect', connected))
  await get(gateway)
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
  expect(gateway.line('the drain took too long: the connections that are left are cut')).toBeUndefined()
})

it('those who come too many are told so, and counted', async () => {
  const upstream = await startUpstream()
  const yaml = 'server: { limits: { connections: 1 } }\n'
  const gateway = await startGateway(yaml, { services: { shop: [upstream.address] } })
  const inside = await RawClient.open(gateway.port)
  await until('it is inside', async () => (await gateway.metric('portolan_connections')) === 1)
  const outside = await RawClient.open(gateway.port)
  const { status, header } = await outside.write('GET /services/shop/ HTTP/1.1\r\nhost: a\r\n\r\n').response()
  expect([status, header('x-portolan-error'), header('connection')]).toEqual([503, 'GW_OVERLOADED', 'close'])
  const refused = () => gateway.metric('portolan_connections_refused_total', 'reason="connections"')
  await until('it is counted', async () => (await refused()) === 1)
  inside.socket.destroy()
  await until('there is room again', async () => (await gateway.metric('portolan_connections')) === 0)
})

it('a file that is no good keeps the gateway from starting, and is named with its place', async () => {
  const yaml = `server: { tls: { cert: ${files.server.cert}, key: ${shop.key} } }\n`
  const started = startGateway(yaml, { services: {} })
  await expect(started).rejects.toThrow(/server\.tls\.key: .*shop\.key: is not the key of the certificate in/)
})

async function put({ cert, key }: Pair): Promise<void> {
  await copyFile(cert, paths.cert)
  await copyFile(key, paths.key)
}

async function served(server: object = {}) {
  const upstream = await startUpstream()
  const yaml = JSON.stringify({ server: { workers: 0, ...server, tls: paths } })
  return { upstream, gateway: await startGateway(yaml, { services: { shop: [upstream.address] } }) }
}

function secure(gateway: GatewayProcess, session?: Buffer): TLSSocket {
  const options = { port: gateway.port, host: '127.0.0.1', servername: 'localhost', ca: readFileSync(files.ca) }
  const socket = connect({ ...options, ...(session && { session }) }).on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  return socket
}

/** The status, and the common name of what the gateway has shown. */
function get(gateway: GatewayProcess, options: RequestOptions = {}): Promise<{ status: number; owner: string }> {
  return new Promise((done, fail) => {
    const to = { port: gateway.port, host: '127.0.0.1', servername: 'localhost', path: '/services/shop/' }
    const sent = request({ ...to, ca: readFileSync(files.ca), agent: false, ...options }, (response) => {
      const owner = (response.socket as TLSSocket).getPeerCertificate().subject?.CN as string
      response.resume().on('end', () => done({ status: response.statusCode!, owner }))
    })
    sent.on('error', fail).end()
  })
}
