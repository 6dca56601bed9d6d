import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, get } from '../../http.mjs'
import { startPortolan } from '../../portolan.mjs'
import { residentMiB } from '../../proc.mjs'
import { start, stop } from '../../processes.mjs'
import { ask, open, openMany } from '../clients.mjs'

const MOST_KIB = 12
const WARM_UP_REQUESTS = 20_000
const bareServer = fileURLToPath(new URL('../bare-server.mjs', import.meta.url))

/** Keep-alive clients that have asked once and now ask nothing: what each of them holds of the worker's memory. */
export async function idle({ dir, say, idle: count }) {
  say(`${count} idle connections`)
  const own = await ofPortolan(dir, count)
  const bare = await ofBareNode(dir, count)
  return [
    {
      what: `resident memory of each of ${count} idle connections`,
      target: `<= ${MOST_KIB} KiB`,
      measured: kib(own),
      met: own <= MOST_KIB,
    },
    { what: 'the same in bare node:http', measured: kib(bare) },
  ]
}

const kib = (value) => `${value.toFixed(1)} KiB`

async function ofPortolan(dir, count) {
  const instance = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await new Promise((resolve) => instance.once('listening', resolve))
  const server = 'limits: { keepAliveTimeout: 10m }'
  const gateway = await startPortolan({ dir, core: 0, upstream: instance.address().port, server })
  try {
    return await perConnection(gateway.port, '/services/echo/', gateway.worker, count)
  } finally {
    await gateway.stop()
    instance.close()
  }
}

async function ofBareNode(dir, count) {
  const port = await freePort()
  const running = start({ command: process.execPath, args: [bareServer, String(port)], core: 0, dir })
  try {
    await get(port, '/', { until: 200, unless: running })
    return await perConnection(port, '/', running.pid, count)
  } finally {
    await stop(running)
  }
}

/** KiB. The heap has grown to its working size before: what a busy minute needs is not the idle ones' fault. */
async function perConnection(port, path, pid, count) {
  const warm = await openMany(port, 50, async (socket) => {
    for (let i = 0; i < WARM_UP_REQUESTS / 50; i++) await ask(socket, path)
  })
  for (const socket of warm) socket.destroy()
  await sleep(2000)
  const before = residentMiB(pid)
  const sockets = await openMany(port, count, (socket) => ask(socket, path))
  await sleep(5000)
  const alive = sockets.filter((socket) => !socket.destroyed).length
  if (alive < count) throw new Error(`only ${alive} of ${count} connections are still there`)
  const after = residentMiB(pid)
  await ask(await open(port), path)
  for (const socket of sockets) socket.destroy()
  return ((after - before) * 1024) / count
}
