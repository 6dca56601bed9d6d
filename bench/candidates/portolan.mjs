import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

/**
 * Portolan, everything on as it is by default.
 *
 * @param about `name` and `does` of the candidate, and what else is special about it; `settings`: keys of the configuration file in
 * place of the ones below; `workers`; `services`: how many there are, `echo` included, the others with ten instances each
 * @returns {import('./index.mjs').Candidate}
 */
export function portolanWith({ settings = {}, workers = 1, services = 1, ...about }) {
  return {
    forwards: true,
    worker: workers ? 'child' : 'itself',
    missing: () => (existsSync(program) ? undefined : 'dist/src/cli/main.js is not there; `npm run build` makes it'),
    command({ dir, port, adminPort, upstreams, tls = null }) {
      const config = {
        server: { host: '127.0.0.1', port, workers, tls: tls && { cert: tls.cert, key: tls.key } },
        registry: { type: 'static-file', options: { path: 'services.yaml' } },
        routing: [{ mode: 'path', prefix: '/services' }],
        balancing: 'round-robin',
        admin: { host: '127.0.0.1', port: adminPort },
        ...settings,
      }
      // JSON is YAML, too.
      writeFileSync(join(dir, 'services.yaml'), JSON.stringify({ services: table(upstreams, services) }))
      writeFileSync(join(dir, 'gateway.yaml'), JSON.stringify(config))
      return { command: process.execPath, args: [program, 'run', join(dir, 'gateway.yaml')] }
    },
    ...about,
  }
}

/** `echo` stands in the middle of the others, which nobody asks for. */
function table(upstreams, services) {
  const names = Array.from({ length: services - 1 }, (_, at) => `service-${at}`)
  const tenInstances = (at) => Array.from({ length: 10 }, (_, i) => `10.${at >> 8}.${at & 255}.${i + 1}:8080`)
  const entries = names.map((name, at) => [name, tenInstances(at)])
  entries.splice(entries.length >> 1, 0, ['echo', upstreams.map((upstream) => `127.0.0.1:${upstream}`)])
  return Object.fromEntries(entries)
}

const everything = 'prefix stripped, forwarding headers, retries, passive health, limits, metrics'

export const portolan = portolanWith({
  name: 'portolan',
  does: `${everything}, access log: all of its defaults; primary and one worker`,
})

export const portolanQuiet = portolanWith({
  name: 'portolan-quiet',
  does: `${everything}; no access log and no other; metrics cannot be switched off; primary and one worker`,
  settings: { log: { level: 'silent', access: false } },
})

export const portolanOneProcess = portolanWith({
  name: 'portolan-one-process',
  does: `${everything}, access log; workers: 0`,
  workers: 0,
})
