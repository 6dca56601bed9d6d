import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { folder } from '../catalog/folder.ts'
import { MAIN, startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { scratchRoot, sharedZooKeeper } from '../support/zookeeper.ts'
import { freePort } from '../support/zookeeper-probe.ts'

/** The built command, as it runs. */
function services(cwd: string, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, 'services', ...args], { cwd })
  onTestFinished(() => void child.kill('SIGKILL'))
  const out: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => out.push(line))
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  const ended = new Promise<{ code: number | null; out: string[]; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  )
  return { out, ended }
}

/** Two services on ZooKeeper, one of them with something that is no instance. */
async function charted(adminPort: number) {
  const { root, writer } = await scratchRoot()
  await writer.createEphemeral(`${root}/orders/10.0.0.1:8080`)
  const registration = { IP: '10.0.0.2', PublicPort: 8081, Attrs: { weight: '3', zone: 'eu-1\u001b[2Ja' } }
  await writer.createEphemeral(`${root}/orders/by-registrator`, JSON.stringify(registration))
  await writer.createEphemeral(`${root}/orders/10.0.0.3:0`)
  await writer.create(`${root}/empty`)
  const options = { hosts: [sharedZooKeeper()], root }
  const yaml = stringify({
    registry: { type: 'zookeeper', options, snapshot: null },
    server: { host: '127.0.0.1', port: 0, workers: 0 },
    admin: { port: adminPort },
  })
  return { root, writer, yaml }
}

/** The lines; a running gateway also knows the health of those that are up. */
const rows = (head: string, ok: string) => [
  new RegExp(`^SERVICE +INSTANCE +LAYOUT +WEIGHT +ZONE +STATUS${head} +NOTE$`),
  /^empty +- +no instance$/,
  new RegExp(`^orders +10\\.0\\.0\\.1:8080 +plain +1 +up${ok}$`),
  new RegExp(`^ +10\\.0\\.0\\.2:8081 +registrator +3 +eu-1\\?\\[2Ja +up${ok}$`),
  /^left out of zookeeper: \/test-[^:]+\/orders\/10\.0\.0\.3:0: .*port 0/,
  /^2 services, 2 instances; zookeeper live$/,
]
const ROWS = rows('', '')
const LIVE_ROWS = rows(' +HEALTH', ' +ok')

it('shows what the running gateway has: each instance with its layout, and what was left out and why', async () => {
  const { yaml } = await charted(await freePort())
  const { folder: cwd } = await startGateway(yaml)
  const { code, out, err } = await services(cwd).ended
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toEqual(LIVE_ROWS.map((row) => expect.stringMatching(row)))
})

it('reads the registry itself where no gateway runs, and says so', async () => {
  const { yaml } = await charted(await freePort())
  const { code, out, err } = await services(folder({ 'gateway.yaml': yaml })).ended
  expect(code).toBe(0)
  expect(err).toMatch(/^no gateway answers at 127\.0\.0\.1:\d+; reading the registry itself: zookeeper\n/)
  expect(out).toEqual(ROWS.map((row) => expect.stringMatching(row)))
})

it('prints JSON for machines', async () => {
  const { yaml } = await charted(await freePort())
  const { folder: cwd } = await startGateway(yaml)
  const { out } = await services(cwd, '--json').ended
  expect(out).toHaveLength(1)
  const { registry, services: all } = JSON.parse(out[0]!)
  expect(registry).toMatchObject({ state: 'live', leftOut: [{ registry: 'zookeeper' }] })
  expect(all).toMatchObject([
    { name: 'empty', instances: [] },
    { name: 'orders', instances: [{ layout: 'plain' }, { layout: 'registrator', weight: 3 }] },
  ])
})

it('goes on with what changes when it watches', async () => {
  const { yaml, root, writer } = await charted(await freePort())
  const { folder: cwd } = await startGateway(yaml)
  const { out } = services(cwd, '--watch')
  await until('the table is printed', () => out.length === ROWS.length)
  await writer.createEphemeral(`${root}/orders/10.0.0.4:80`)
  await until('it is added', () => out.some((line) => /^[\d:]{8} \+ orders 10\.0\.0\.4:80 plain$/.test(line)))
  await writer.remove(`${root}/orders/10.0.0.4:80`)
  await until('it is removed', () => out.some((line) => /^[\d:]{8} - orders 10\.0\.0\.4:80 plain$/.test(line)))
})

it('says why the registry cannot be read, and exits with 1', async () => {
  const hosts = [`127.0.0.1:${await freePort()}`]
  const yaml = stringify({ registry: { type: 'zookeeper', options: { hosts } }, admin: { port: await freePort() } })
  const { code, out, err } = await services(folder({ 'gateway.yaml': yaml })).ended
  expect({ code, out }).toEqual({ code: 1, out: [] })
  expect(err).toContain('ECONNREFUSED')
  expect(err).toContain(hosts[0])
})

it('says that the gateway wants another token, and exits with 1', async () => {
  const { yaml } = await charted(await freePort())
  const secret = `admin: { port: ${await freePort()}, token: right-right-right-right }`
  const { folder: cwd, write } = await startGateway(yaml.replace(/admin:\n.*\n/, `${secret}\n`)).then((gateway) => ({
    folder: gateway.folder,
    write: (text: string) => gateway.write('other.yaml', text),
  }))
  await write(yaml.replace(/admin:\n.*\n/, `${secret.replaceAll('right', 'wrong')}\n`))
  const { code, err } = await services(cwd, 'other.yaml').ended
  expect(code).toBe(1)
  expect(err).toContain('it wants another admin.token')
})
