import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, get } from '../http.mjs'
import { startPlainInstance } from '../plain-instance.mjs'
import { startPortolan } from '../portolan.mjs'
import { allowedCores, family } from '../proc.mjs'
import { start, stop } from '../processes.mjs'

const yardstickPath = fileURLToPath(new URL('yardstick.mjs', import.meta.url))

/** The gateway as it is installed and the yardstick, on the same core, in front of one instance, which is in this process. */
export async function openSides(dir) {
  const instance = await startPlainInstance()
  const core = allowedCores()[0]
  const gateway = await startPortolan({ dir: folder(dir, 'gateway'), core, upstream: instance.port })
  const yardstick = await startYardstick({ dir: folder(dir, 'yardstick'), core, upstream: instance.port })
  return {
    gateway,
    yardstick,
    async close() {
      await Promise.all([gateway.stop(), yardstick.stop()])
      instance.close()
    },
  }
}

function folder(dir, name) {
  const path = join(dir, name)
  mkdirSync(path)
  return path
}

async function startYardstick({ dir, core, upstream }) {
  const port = await freePort()
  const args = [yardstickPath, port, upstream].map(String)
  const running = start({ command: process.execPath, args, core, dir })
  await get(port, '/services/echo/1', { until: 200, unless: running })
  return { port, processes: family(running.pid), stop: () => stop(running) }
}
