import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { validate } from '../../src/cli/validate.ts'
import { parseConfig } from '../../src/config/load.ts'
import { ConfigError } from '../../src/config/problems.ts'
import { type Certificates, certificates } from '../support/certificates.ts'
import { builtins, REGISTRY, terminal } from './support.ts'

let files: Certificates

beforeAll(async () => {
  files = await certificates()
  await files.sign('other', 'subjectAltName=DNS:other')
  await files.sign('old', 'subjectAltName=DNS:old', '/CN=old', -1)
  await writeFile(join(files.directory, 'empty.pem'), '')
})

afterAll(() => files.remove())

it('says nothing of files that are good', async () => {
  expect(
    await problems(`
server: { tls: { cert: server.pem, key: server.key, certificates: [{ cert: other.pem, key: other.key }], clients: { ca: ca.pem } } }
upstream: { tls: { ca: ca.pem, cert: client.pem, key: client.key } }
services: { shop: { upstream: { tls: { ca: server.pem } } } }
`),
  ).toEqual([])
})

it.each([
  ['cert: gone.pem, key: server.key', '1:24', 'cert', 'gone.pem: no such file'],
  ['cert: empty.pem, key: server.key', '1:24', 'cert', 'empty.pem: holds no PEM certificate'],
  ['cert: server.pem, key: server.pem', '1:41', 'key', 'server.pem: holds no PEM private key'],
  ['cert: server.pem, key: other.key', '1:41', 'key', 'other.key: is not the key of the certificate in DIR/server.pem'],
  ['cert: ".", key: server.key', '1:24', 'cert', ': is a folder, not a file'],
])('{ %s } is refused where it is written', async (tls, place, key, message) => {
  const separator = message.startsWith(':') ? '' : '/'
  expect(await problems(`server: { tls: { ${tls} } }\n`)).toEqual([
    `${place}  server.tls.${key}: ${files.directory}${separator}${message.replace('DIR', files.directory)}`,
  ])
})

it('is asked of every file, each in its place', async () => {
  const text = `
server:
  tls:
    cert: server.pem
    key: server.key
    certificates:
      - { cert: other.pem, key: gone.key }
    clients:
      ca: empty.pem
upstream:
  tls: { ca: gone.pem, cert: client.pem, key: client.key }
services:
  shop:
    upstream: { tls: { key: other.key } }
  till:
    upstream: { tls: { ca: server.pem } }
`.slice(1)
  expect(await problems(text)).toEqual([
    `6:33  server.tls.certificates[0].key: ${files.directory}/gone.key: no such file`,
    `8:11  server.tls.clients.ca: ${files.directory}/empty.pem: holds no PEM certificate`,
    `10:14  upstream.tls.ca: ${files.directory}/gone.pem: no such file`,
    `13:29  services.shop.upstream.tls.key: ${files.directory}/other.key: is not the key of the certificate in ${files.directory}/client.pem`,
  ])
})

it('wants a certificate and a key, or neither', async () => {
  expect(await problems('upstream: { tls: { cert: client.pem } }\n')).toEqual([
    `1:26  upstream.tls.cert: ${files.directory}/client.pem: the two go together, and there is no "key"`,
  ])
  expect(await problems('upstream: { tls: { key: client.key } }\n')).toEqual([
    `1:25  upstream.tls.key: ${files.directory}/client.key: the two go together, and there is no "cert"`,
  ])
})

it('warns of a certificate that has expired, and goes on', async () => {
  const gateway = join(files.directory, 'gateway.yaml')
  await writeFile(gateway, `server: { tls: { cert: old.pem, key: old.key } }\n${REGISTRY}`)
  const { console, written } = terminal()
  expect(await validate(gateway, console)).toBe(0)
  expect(written.err).toMatch(
    /^warning: .*gateway.yaml:1:24 {2}server.tls.cert: .*old.pem: has expired: it was valid until /,
  )
})

it('is not asked of those who do not use them', async () => {
  const parsed = await parseConfig(`server: { tls: { cert: gone.pem, key: gone.key } }\n${REGISTRY}`, 'gateway.yaml', {
    builtins,
    env: {},
  })
  expect(parsed.warnings).toEqual([])
})

/** What is wrong with the files of a configuration in their folder. */
async function problems(text: string): Promise<string[]> {
  const options = { builtins, env: {}, files: true }
  const error = await parseConfig(text + REGISTRY, join(files.directory, 'gateway.yaml'), options).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (error === undefined) return []
  if (!(error instanceof ConfigError)) throw error
  return error.problems.map(({ line, column, path, message }) => `${line}:${column}  ${path}: ${message}`)
}
