import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, get } from '../http.mjs'
import { allowedCores, family } from '../proc.mjs'
import { start, stop } from '../processes.mjs'

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const inside = new URL('inside.mjs', import.meta.url)

export const ECHO = '/services/echo'

/**
 * Begins to start the gateway as it is installed, on all cores, in front of one instance of the service `echo`.
 *
 * @param node what runs it
 * @param env `NAME=value`
 * @param watched what the module preloaded into its processes is to do; without, none is
 * @param registry YAML of the registry, where it is not the static file
 * @param files beside the configuration, by name
 */
export async function launch({
  dir: parent,
  instance,
  workers = 1,
  node = process.execPath,
  env = [],
  watched,
  registry = '{ type: static-file, options: { path: services.yaml }, snapshot: null }',
  rest = '',
  files = {},
}) {
  const dir = mkdtempSync(join(parent, 'gateway-'))
  const [port, adminPort] = [await freePort(), await freePort()]
  writeFileSync(join(dir, 'services.yaml'), `services: { echo: ['127.0.0.1:${instance.port}'] }\n`)
  writeFileSync(
    join(dir, 'gateway.yaml'),
    `server: { host: 127.0.0.1, port: ${port}, workers: ${workers} }
registry: ${registry}
routing: [{ mode: path, prefix: /services }]
admin: { port: ${adminPort} }
${rest}
`,
  )
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  const preload = watched === undefined ? [] : ['--import', `${inside}?dir=${encodeURIComponent(dir)}&${watched}`]
  const args = [...env, node, ...preload, program, 'run', join(dir, 'gateway.yaml')]
  const running = start({ command: 'env', args, core: allowedCores().join(), dir })
  return { dir, port, adminPort, running, stop: () => stop(running) }
}

/** Starts the gateway, and resolves when it serves. `processes` are the first one and its workers. */
export async function startGateway(options) {
  const gateway = await launch(options)
  const { adminPort, running } = gateway
  await get(adminPort, '/readyz', { until: 200, unless: running })
  return { ...gateway, processes: family(running.pid) }
}

/** What the preloaded module of a process has written when that ended. */
export async function written({ dir }, pid) {
  const file = join(dir, `inside-${pid}.json`)
  for (let tries = 0; ; tries++) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch (error) {
      if (tries === 20) throw error
      await sleep(50)
    }
  }
}
