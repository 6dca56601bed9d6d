import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type Certificates, certificates } from '../../support/certificates.ts'
import { startGateway } from '../../support/gateway.ts'
import { until } from '../../support/until.ts'

let files: Certificates

beforeAll(async () => {
  files = await certificates()
})

afterAll(() => files.remove())

for (const workers of [0, 2]) {
  it(`an instance that wants to know its callers is probed and asked, with workers: ${workers}`, async () => {
    const instance = await secure()
    const gateway = await startGateway(configuration(workers, { ca: files.ca, ...files.client }), {
      services: { shop: [{ address: `127.0.0.1:${instance.port}`, tls: true }] },
    })
    await until('its probes pass', async () => (await gateway.metric('portolan_probe_healthy')) === 1)
    const answer = await fetch(`${gateway.url}/services/shop/x`)
    expect([answer.status, await answer.text()]).toEqual([200, 'to client: /x'])
  })
}

it('an instance whose certificate does not hold is not asked; the log says why, the answer does not', async () => {
  const instance = await secure()
  const gateway = await startGateway(configuration(0, files.client, 'debug'), {
    services: { shop: [{ address: `127.0.0.1:${instance.port}`, tls: true }] },
  })
  const answer = await fetch(`${gateway.url}/services/shop/x`)
  expect(answer.status).toBe(502)
  expect(await answer.text()).not.toMatch(/certificate|127\.0\.0\.1|verify/)
  await gateway.logged(
    'why',
    ({ msg, reason }) => msg === 'an attempt has failed' && /self-signed certificate/.test(reason!),
  )
})

function configuration(workers: number, tls: object, level = 'info'): string {
  const active = { path: '/health', interval: '1s' }
  return JSON.stringify({
    server: { workers },
    log: { level },
    retry: { attempts: 1 },
    health: { active },
    services: { shop: { upstream: { tls } } },
  })
}

/** Shows the certificate of the tests' server, and wants one of their authority. */
async function secure() {
  const server = createServer(
    {
      cert: readFileSync(files.server.cert),
      key: readFileSync(files.server.key),
      ca: readFileSync(files.ca),
      requestCert: true,
    },
    (request, response) => {
      const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject
      response.end(`to ${CN}: ${request.url}`)
    },
  )
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return server.address() as AddressInfo
}
