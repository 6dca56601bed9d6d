import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nginxPreamble } from '../nginx.mjs'

/** @type {import('./index.mjs').Candidate} */
export const nginx = {
  name: 'nginx',
  does: 'prefix stripped, forwarding headers, access log (buffered)',
  forwards: true,
  worker: 'child',
  missing: () => undefined,
  command({ dir, port, upstreams }) {
    const config = join(dir, 'nginx.conf')
    writeFileSync(config, proxyConfig(dir, port, upstreams))
    return { command: 'nginx', args: ['-p', dir, '-c', config, '-e', 'stderr'] }
  },
}

const proxyConfig = (dir, port, upstreams) => `${nginxPreamble(dir)}
master_process on;
http {
  access_log ${dir}/access.log combined buffer=64k flush=1s;
  keepalive_requests 1000000000;
  keepalive_timeout 120s;
  upstream echo {
    ${upstreams.map((upstream) => `server 127.0.0.1:${upstream};`).join(' ')}
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location /services/echo/ {
      proxy_pass http://echo/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Prefix /services/echo;
    }
  }
}
`
