import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, get } from './http.mjs'
import { nginxPreamble } from './nginx.mjs'
import { start } from './processes.mjs'

/** What every candidate must hand on, to the byte. */
export const body = 'The quick brown fox jumps over the lazy dog. '.repeat(4).slice(0, 150)

/** One nginx process that listens on two ports: two instances of the service `echo`. */
export async function startUpstream({ core, dir }) {
  const ports = [await freePort(), await freePort()]
  const config = join(dir, 'nginx.conf')
  writeFileSync(config, upstreamConfig(dir, ports))
  const running = start({ command: 'nginx', args: ['-p', dir, '-c', config, '-e', 'stderr'], core, dir })
  for (const port of ports) await get(port, '/bytes', { until: 200, unless: running })
  return { ...running, ports }
}

const upstreamConfig = (dir, ports) => `${nginxPreamble(dir)}
master_process off;
http {
  access_log off;
  default_type text/plain;
  keepalive_requests 1000000000;
  keepalive_timeout 120s;
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port} backlog=4096;`).join(' ')}
    location / { return 200 "${body}"; }
    # Which instance answered, and what the candidate made of the request.
    location = /who { return 200 "$server_port $http_x_forwarded_for"; }
  }
}
`
