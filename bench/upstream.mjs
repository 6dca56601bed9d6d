import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, get } from './http.mjs'
import { nginxPreamble } from './nginx.mjs'
import { start } from './processes.mjs'

/** What every candidate must hand on, to the byte. */
export const body = 'The quick brown fox jumps over the lazy dog. '.repeat(4).slice(0, 150)

/** Files by the names under which they are asked for, and their bytes. */
export const files = { '/1kb': 1e3, '/64kb': 64e3, '/1mb': 1e6, '/100mb': 100e6 }

/** One nginx process that listens on two ports: two instances of the service `echo`. */
export async function startUpstream({ core, dir }) {
  for (const [path, bytes] of Object.entries(files)) zeroes(join(dir, path), bytes)
  const ports = [await freePort(), await freePort()]
  const config = join(dir, 'nginx.conf')
  writeFileSync(config, upstreamConfig(dir, ports))
  const running = start({ command: 'nginx', args: ['-p', dir, '-c', config, '-e', 'stderr'], core, dir })
  return listening(running, ports)
}

/** The same for WebSockets: one process of Node, two ports, and every message comes back. */
export async function startWebSocketUpstream({ core, dir }) {
  const ports = [await freePort(), await freePort()]
  const program = fileURLToPath(new URL('websocket/upstream.mjs', import.meta.url))
  const running = start({ command: process.execPath, args: [program, body, ...ports.map(String)], core, dir })
  return listening(running, ports)
}

async function listening(running, ports) {
  for (const port of ports) await get(port, '/bytes', { until: 200, unless: running })
  return { ...running, ports }
}

function zeroes(path, bytes) {
  writeFileSync(path, '')
  truncateSync(path, bytes)
}

const responseFields = Array.from(
  { length: 20 },
  (_, at) => `add_header X-Response-${at} "a value of thirty characters ${at}";`,
)

const upstreamConfig = (dir, ports) => `${nginxPreamble(dir)}
master_process off;
http {
  access_log off;
  default_type text/plain;
  sendfile on;
  open_file_cache max=16;
  keepalive_requests 1000000000;
  keepalive_timeout 120s;
  client_max_body_size 0;
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port} backlog=4096;`).join(' ')}
    root ${dir};
    location / { return 200 "${body}"; }
    location = /fields { ${responseFields.join(' ')} return 200 "${body}"; }
    ${Object.keys(files)
      .map((path) => `location = ${path} { }`)
      .join(' ')}
    # Which instance answered, and what the candidate made of the request.
    location = /who { return 200 "$server_port $http_x_forwarded_for"; }
    location = /length { return 200 "$content_length$http_transfer_encoding"; }
  }
}
`
