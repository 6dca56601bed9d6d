import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingProgram } from '../programs.mjs'

/** @type {import('./index.mjs').Candidate} */
export const caddy = {
  name: 'caddy',
  does: 'prefix stripped, forwarding headers; no access log',
  forwards: true,
  worker: 'itself',
  compiled: true,
  missing: () => missingProgram('caddy'),
  command({ dir, port, upstreams }) {
    const config = join(dir, 'caddy.json')
    writeFileSync(config, JSON.stringify(proxyConfig(dir, port, upstreams)))
    return { command: 'caddy', args: ['run', '--config', config] }
  },
}

const proxyConfig = (dir, port, upstreams) => ({
  admin: { disabled: true, config: { persist: false } },
  storage: { module: 'file_system', root: dir },
  apps: {
    http: {
      servers: {
        entrance: {
          listen: [`127.0.0.1:${port}`],
          automatic_https: { disable: true },
          routes: [{ match: [{ path: ['/services/echo/*'] }], handle: [strip, proxyTo(upstreams)] }],
        },
      },
    },
  },
})

const strip = { handler: 'rewrite', strip_path_prefix: '/services/echo' }

const proxyTo = (upstreams) => ({
  handler: 'reverse_proxy',
  upstreams: upstreams.map((upstream) => ({ dial: `127.0.0.1:${upstream}` })),
  load_balancing: { selection_policy: { policy: 'round_robin' } },
  transport: { protocol: 'http', keep_alive: { max_idle_conns_per_host: 1024 } },
  headers: { request: { set: { 'X-Forwarded-Prefix': ['/services/echo'] } } },
})
