import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call } from '../support/call.ts'
import { type GatewayProcess, MAIN, startGateway } from '../support/gateway.ts'
import { Load } from '../support/load.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const SLOW_MS = 20

const startSlow = () => startUpstream((_, response) => void setTimeout(() => response.end('done'), SLOW_MS))

async function serving(workers: number) {
  const [leaving, staying] = [await startSlow(), await startSlow()]
  const [port] = await freePorts(1)
  const yaml = stringify({ server: { workers }, admin: { port }, retry: { attempts: 1 } })
  const gateway = await startGateway(yaml, { services: { s: [leaving.address, staying.address] } })
  const instance = async () => JSON.parse((await gateway.admin('/api/services/s')).text).instances[0]
  return { leaving, staying, gateway, instance, url: `${gateway.url}/services/s/` }
}

/** The built command, beside the gateway's file. */
async function portolan(gateway: GatewayProcess, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: gateway.folder })
  const code = new Promise((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}

for (const workers of [0, 2]) {
  it(`restarts an instance that is drained first, and loses no request, with workers: ${workers}`, async () => {
    const { leaving, staying, gateway, instance, url } = await serving(workers)
    const load = new Load(url, { kept: 4, fresh: 4 })
    await until('both are asked', () => leaving.asked.length > 20 && staying.asked.length > 20)
    const path = `/api/services/s/instances/${encodeURIComponent(leaving.address)}`
    expect((await fetch(`${gateway.adminUrl}${path}/drain`, { method: 'POST' })).status).toBe(200)
    await until('it has drained', async () => {
      const before = leaving.asked.length
      const { status, drainedBy, inFlight } = await instance()
      expect([status, drainedBy]).toEqual(['draining', 'admin'])
      return inFlight === 0 && leaving.asked.length === before
    })
    await until('a reading says so', async () => (await instance()).inFlight === 0)
    const before = leaving.asked.length
    const goesOn = staying.asked.length + 200
    await until('the load goes on', () => staying.asked.length > goesOn)
    expect(leaving.asked.length).toBe(before)
    await leaving.close()
    await until('the load goes on', () => staying.asked.length > goesOn + 200)
    const { errors } = await load.stop()
    expect([...errors, ...load.wrong]).toEqual([])
  })
}

it('drains and undrains by the command line, and shows it', async () => {
  const { leaving, gateway, url } = await serving(2)
  const { address } = leaving
  expect(await portolan(gateway, 'drain', 's', address)).toEqual({
    code: 0,
    out: `s ${address} is draining\n`,
    err: '',
  })
  const again = await portolan(gateway, 'drain', 's', address, '--json')
  expect(JSON.parse(again.out)).toEqual({ service: 's', instance: address, changed: false })
  const { out } = await portolan(gateway, 'services')
  expect(out).toMatch(/^SERVICE +INSTANCE +LAYOUT +WEIGHT +ZONE +STATUS +HEALTH +NOTE$/m)
  expect(out).toMatch(new RegExp(`^s +${address} .*draining +drained by the admin$`, 'm'))
  expect(out).toMatch(/ up +ok$/m)
  expect((await portolan(gateway, 'undrain', 's', address)).out).toBe(`s ${address} is no longer drained\n`)
  await until('it serves again', async () => {
    await call(url)
    return leaving.asked.length > 0
  })
})

it('says what it cannot drain, and exits with 1', async () => {
  const { gateway } = await serving(0)
  const unknown = await portolan(gateway, 'drain', 's', 'nobody')
  expect(unknown).toEqual({ code: 1, out: '', err: 'portolan: service "s" has no instance "nobody"\n' })
  await gateway.kill()
  const gone = await portolan(gateway, 'drain', 's', 'nobody')
  expect(gone).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^portolan: no gateway answers at 127\.0\.0\.1:\d+\n$/),
  })
})
