import { constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { Load } from '../support/load.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

/** Its access line has some 3400 bytes: two are too much for one write to a pipe. */
const LONG_PATH = `/services/nobody/${'x'.repeat(3200)}`
/** Of each worker: less than the 16 MiB that it holds, for the reader is also who asks, and may be slower than two of them write. */
const LINES = 4000
const MISSING = 'lines are missing here: they could not be written in time'

const start = (stdout: 'pipe' | 'socket', workers: number) =>
  startGateway(stringify({ server: { workers } }), { services: {}, stdout })

/** @returns how many were asked: each has a line */
async function ask(gateway: GatewayProcess, count: number): Promise<number> {
  const load = new Load(gateway.url + LONG_PATH, { kept: 32 })
  await until(`${count} requests are answered`, () => load.answered >= count)
  const { replies, errors } = await load.stop()
  expect(errors).toEqual([])
  return replies.length
}

const missing = ({ logs }: GatewayProcess) =>
  logs.filter(({ msg }) => msg === MISSING).reduce((sum, { lines }) => sum + Number(lines), 0)

const broken = ({ logs }: GatewayProcess) => logs.filter(({ text }) => text !== undefined)

const OUTPUTS = [
  ['pipe', 0],
  ['pipe', 2],
  ['socket', 1],
] as const

for (const [stdout, workers] of OUTPUTS) {
  it(`loses no line to a reader that reads a ${stdout}, with workers: ${workers}`, async () => {
    const gateway = await start(stdout, workers)
    const asked = await ask(gateway, Math.max(1, workers) * LINES)
    await until('all lines are read', () => gateway.access.length === asked)
    expect([missing(gateway), broken(gateway)]).toEqual([0, []])
  })

  it(`serves on while nobody reads a ${stdout}, and says then how many lines are missing, with workers: ${workers}`, async () => {
    const gateway = await start(stdout, workers)
    gateway.pauseReading()
    const asked = await ask(gateway, Math.max(1, workers) * 6000)
    gateway.resumeReading()
    await until('all lines are read or told', () => gateway.access.length + missing(gateway) === asked)
    expect(missing(gateway)).toBeGreaterThan(0)
    expect(broken(gateway)).toEqual([])
  })

  it(`writes all that it holds before it ends, to a slow reader of a ${stdout}, with workers: ${workers}`, async () => {
    const gateway = await start(stdout, workers)
    gateway.pauseReading()
    const asked = await ask(gateway, 1000)
    gateway.signal('SIGTERM')
    const reading = setInterval(() => {
      gateway.resumeReading()
      setImmediate(() => gateway.pauseReading())
    }, 20)
    await until('it has ended', () => !gateway.running)
    clearInterval(reading)
    gateway.resumeReading()
    await until('all lines are read', () => gateway.access.length === asked && gateway.line('drained'))
    expect([missing(gateway), broken(gateway)]).toEqual([0, []])
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
  })

  it(`ends though nobody reads a ${stdout}, with workers: ${workers}`, async () => {
    const gateway = await start(stdout, workers)
    gateway.pauseReading()
    await ask(gateway, 1000)
    gateway.signal('SIGTERM')
    await until('it has ended', () => !gateway.running)
    gateway.resumeReading()
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
  })
}

it('ends at once at the second SIGTERM though nobody reads its log', async () => {
  const gateway = await start('pipe', 0)
  gateway.pauseReading()
  await ask(gateway, 1000)
  gateway.signal('SIGTERM')
  await until('the door is closed', () =>
    call(gateway.url).then(
      () => false,
      () => true,
    ),
  )
  gateway.signal('SIGTERM')
  expect((await gateway.exit).code).toBe(143)
})

const CRASHES_MJS = `
  export default {
    kind: 'middleware',
    name: 'crashes',
    create: () => (c) => {
      console.log('printed before the end')
      setImmediate(() => { throw new Error('the end') })
      return c.text('soon')
    },
  }`

/** What a writer finds when it comes to a full socket: that holds for all processes that have this one. */
const wouldBlock = async ({ pid }: GatewayProcess) =>
  !(
    Number.parseInt(/^flags:\s*(\d+)/m.exec(await readFile(`/proc/${pid}/fdinfo/1`, 'latin1'))![1]!, 8) &
    constants.O_NONBLOCK
  )

async function crashing(workers: number) {
  const up = await startUpstream()
  const config = { server: { workers }, plugins: ['./crashes.mjs'], middleware: ['crashes'] }
  const files = { 'crashes.mjs': CRASHES_MJS }
  const gateway = await startGateway(stringify(config), { services: { up: [up.address] }, files })
  return { gateway, crash: () => call(`${gateway.url}/services/up/`).catch(() => 'it broke off') }
}

it('holds up no process at a full socket because a worker has ended and another one starts', async () => {
  const { gateway, crash } = await crashing(2)
  const before = await gateway.workers()
  expect(await wouldBlock(gateway)).toBe(false)
  await crash()
  await until('the worker is replaced', async () => {
    const now = await gateway.workers()
    return now.length === 2 && now.join() !== before.join()
  })
  await gateway.ready()
  expect(await wouldBlock(gateway)).toBe(false)
})

it('passes on what the code of a worker prints', async () => {
  const { gateway, crash } = await crashing(1)
  await crash()
  await gateway.logged('what it prints', ({ text }) => text === 'printed before the end')
  await until('its error is printed', () => gateway.stderr.includes('Error: the end'))
})
