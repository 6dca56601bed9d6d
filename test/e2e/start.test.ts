import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call } from '../support/call.ts'
import { type GatewayProcess, launchGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

/** In the first process it says that it is read, and then takes until there is a file `go`. */
const slow = `
  import cluster from 'node:cluster'
  import { existsSync, watch, writeFileSync } from 'node:fs'
  const beside = (name) => new URL(name, import.meta.url)
  if (cluster.isPrimary) {
    const told = new Promise((go) => {
      const watcher = watch(beside('.'), () => existsSync(beside('go')) && go(watcher.close()))
    })
    writeFileSync(beside('reading'), '')
    await told
  }
  export default { kind: 'strategy', name: 'slow', create: () => ({ pick: (endpoints) => endpoints[0] }) }`

async function reading(server: object, more: object = {}) {
  const up = await startUpstream((_, response) => void response.end('up'))
  const gateway = await launchGateway(stringify({ plugins: ['./slow.mjs'], server, ...more }), {
    services: { up: [up.address] },
    files: { 'slow.mjs': slow },
  })
  await until('the configuration is read', () => existsSync(join(gateway.folder, 'reading')))
  return { gateway, go: () => gateway.write('go', '') }
}

async function early(gateway: GatewayProcess): Promise<number> {
  const workers = await gateway.workers()
  expect(workers).toHaveLength(1)
  return workers[0]!
}

const gone = (pid: number) => until('it is gone', () => !existsSync(`/proc/${pid}`))

async function serves(gateway: GatewayProcess) {
  await gateway.listening(true)
  for (let i = 0; i < 4; i++) expect((await call(`${gateway.url}/services/up/`)).status).toBe(200)
}

for (const workers of [1, 2]) {
  it(`starts a worker while the configuration is read, and counts it among its workers: ${workers}`, async () => {
    const { gateway, go } = await reading({ workers })
    const first = await early(gateway)
    await go()
    await serves(gateway)
    const pids = await gateway.workers()
    expect(pids).toHaveLength(workers)
    expect(pids).toContain(first)
    expect(await gateway.stop()).toEqual({ code: 0, signal: null })
    expect(gateway.stderr).toBe('')
  })

  it(`replaces a worker that dies while the configuration is read, with workers: ${workers}`, async () => {
    const { gateway, go } = await reading({ workers })
    const first = await early(gateway)
    process.kill(first, 'SIGKILL')
    await until('the first process has seen it', async () => !(await gateway.workers()).includes(first))
    await go()
    await serves(gateway)
    expect(await gateway.workers()).toHaveLength(workers)
    expect(gateway.logs.filter(({ msg }) => msg === 'a worker died and is replaced')).toMatchObject([
      { worker: first, how: 'SIGKILL', delayMs: 100 },
    ])
    expect(gateway.stderr).toBe('')
  })
}

it('starts none when none is wanted', async () => {
  const { gateway, go } = await reading({ workers: 0 })
  expect(await gateway.workers()).toEqual([])
  await go()
  await serves(gateway)
  expect(await gateway.workers()).toEqual([])
})

it('lets a worker go that turns out not to be wanted', async () => {
  const { gateway, go } = await reading({ workers: `\${NO_SUCH_VARIABLE:-0}` })
  const first = await early(gateway)
  await go()
  await serves(gateway)
  await gone(first)
  expect(gateway.stderr).toBe('')
})

it('leaves no worker behind when the configuration is wrong', async () => {
  const { gateway, go } = await reading({ workers: 1 }, { balancing: 'sloow' })
  const first = await early(gateway)
  await go()
  expect(await gateway.exit).toEqual({ code: 78, signal: null })
  await gone(first)
  expect(gateway.stderr).toMatch(/^\S+gateway\.yaml:\d+:\d+ {2}balancing\.type: .*"sloow"[^\n]*\n[^\n]*\n *\| +\^\n$/)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  it(`leaves no worker behind at ${signal} while the configuration is read`, async () => {
    const { gateway } = await reading({ workers: 1 })
    const first = await early(gateway)
    gateway.signal(signal)
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
    await gone(first)
    expect(gateway.stderr).toBe('')
    expect(gateway.logs).toEqual([])
  })
}
