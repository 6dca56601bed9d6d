import { readdirSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { call } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

/** Says of each turn of a worker's event loop in which it has accepted connections how many those were. */
const watcher = `
  import { subscribe } from 'node:diagnostics_channel'
  let accepted = 0
  subscribe('net.server.socket', () => {
    if (accepted++ === 0)
      setImmediate(() => {
        console.log(JSON.stringify({ msg: 'a turn', accepted }))
        accepted = 0
      })
  })
  export default { kind: 'strategy', name: 'unused', create: () => ({ pick: (endpoints) => endpoints[0] }) }`

async function serving() {
  const up = await startUpstream()
  const [port] = await freePorts(1)
  const gateway = await startGateway(`{ plugins: [./watcher.mjs], server: { workers: 1, port: ${port} } }`, {
    services: { up: [up.address] },
    files: { 'watcher.mjs': watcher },
  })
  return { gateway, worker: await withDoors(gateway) }
}

/** Resolves when the worker listens on several descriptors of one socket. */
async function withDoors(gateway: GatewayProcess): Promise<number> {
  return until('a worker has its doors', async () => {
    const [pid] = await gateway.workers()
    return pid !== undefined && mostOfOneSocket(pid) === 16 && pid
  })
}

function mostOfOneSocket(pid: number): number {
  const counts = new Map<string, number>()
  for (const link of descriptors(pid)) counts.set(link, (counts.get(link) ?? 0) + 1)
  return Math.max(...counts.values())
}

/** Open sockets of a process; one that has gone has none. */
function descriptors(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
      .filter((link) => link.startsWith('socket:'))
  } catch {
    return ['gone']
  }
}

it('lets a lone worker take several connections that wait in one turn', async () => {
  const { gateway, worker } = await serving()
  process.kill(worker, 'SIGSTOP')
  const sockets = Array.from({ length: 32 }, () => connect(gateway.port, '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  await until('the kernel has connected them', () => sockets.every(({ connecting }) => !connecting))
  process.kill(worker, 'SIGCONT')
  const turns = () => gateway.logs.filter(({ msg }) => msg === 'a turn').map(({ accepted }) => Number(accepted))
  await until('all are accepted', () => turns().reduce((sum, one) => sum + one, 0) >= sockets.length)
  expect(Math.max(...turns())).toBeGreaterThanOrEqual(4)
})

it('gives them to the worker that takes the place of one that died', async () => {
  const { gateway, worker } = await serving()
  process.kill(worker, 'SIGKILL')
  await until('there is another', async () => (await gateway.workers()).some((pid) => pid !== worker))
  await withDoors(gateway)
  for (let i = 0; i < 20; i++) expect((await call(`${gateway.url}/services/up/`)).status).toBe(200)
})
