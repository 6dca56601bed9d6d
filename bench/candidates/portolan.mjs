import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

const portolan = ({ name, does, workers, access }) => ({
  name,
  does,
  forwards: true,
  worker: workers ? 'child' : 'itself',
  missing() {
    if (!existsSync(source)) return 'src/cli/main.ts is not there'
    return existsSync(program) ? undefined : 'dist/src/cli/main.js is not there; `npm run build` makes it'
  },
  command({ dir, port, adminPort, upstreams }) {
    const instances = upstreams.map((upstream) => `'127.0.0.1:${upstream}'`).join(', ')
    writeFileSync(join(dir, 'services.yaml'), `services:\n  echo: [${instances}]\n`)
    writeFileSync(join(dir, 'gateway.yaml'), gatewayConfig({ port, adminPort, workers, access }))
    return { command: process.execPath, args: [program, 'run', join(dir, 'gateway.yaml')] }
  },
})

const gatewayConfig = ({
  port,
  adminPort,
  workers,
  access,
}) => `server: { host: 127.0.0.1, port: ${port}, workers: ${workers} }
registry: { type: static-file, options: { path: services.yaml } }
routing: [{ mode: path, prefix: /services }]
balancing: { type: round-robin }
admin: { host: 127.0.0.1, port: ${adminPort} }
log: { level: info, access: ${access} }
`

const everything = 'prefix stripped, forwarding headers, retries, metrics'

/** @type {import('./index.mjs').Candidate[]} */
export const portolans = [
  portolan({ name: 'portolan', does: `${everything}, access log; primary and one worker`, workers: 1, access: true }),
  portolan({
    name: 'portolan-no-access-log',
    does: `${everything}; primary and one worker`,
    workers: 1,
    access: false,
  }),
  portolan({ name: 'portolan-one-process', does: `${everything}, access log; workers: 0`, workers: 0, access: true }),
]
