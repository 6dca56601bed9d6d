import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { promisify } from 'node:util'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { certificates } from '../../support/certificates.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { PATH } from './rig.ts'

let gateway: GatewayProcess
let upstream: Upstream
let ca: string

beforeAll(async () => {
  const pems = await certificates()
  ca = pems.ca
  upstream = await startUpstream()
  const tls = `tls: { cert: ${pems.server.cert}, key: ${pems.server.key} }`
  gateway = await startGateway(`server: { ${tls} }`, { services: { echo: [upstream.address] } })
  return () => pems.remove()
}, 30_000)

/** What curl says the version was, and the status. */
async function curl(...args: readonly string[]): Promise<string> {
  const url = `https://localhost:${gateway.port}${PATH}`
  const format = '%{http_version} %{http_code}'
  const all = [
    '-sS',
    '--noproxy',
    '*',
    '-o',
    '/dev/null',
    '-w',
    format,
    '--resolve',
    `localhost:${gateway.port}:127.0.0.1`,
  ]
  return (await promisify(execFile)('curl', [...all, '--cacert', ca, ...args, url])).stdout
}

it('a client of curl gets HTTP/2 and HTTP/1.1 on one port, as it offers them', async () => {
  expect(await curl('--http2')).toBe('2 200')
  expect(await curl('--http1.1')).toBe('1.1 200')
  expect(await curl('--http2', '-d', 'body', '-H', 'Expect: 100-continue')).toBe('2 200')
  expect(upstream.asked.map(({ headers }) => headers['x-forwarded-proto'])).toEqual(['https', 'https', 'https'])
})

it('a client of Node is served on many streams of one connection', async () => {
  const client = connect(`https://localhost:${gateway.port}`, { ca: readFileSync(ca) })
  onTestFinished(() => client.destroy())
  const asked = Array.from({ length: 100 }, (_, i) => {
    const stream = client.request({ ':path': `${PATH}${i}` })
    stream.resume()
    return new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])))
  })
  expect(new Set(await Promise.all(asked))).toEqual(new Set([200]))
})
