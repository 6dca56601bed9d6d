import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nginxPreamble } from '../nginx.mjs'

/** @type {import('./index.mjs').Candidate} */
export const nginx = {
  name: 'nginx',
  does: 'prefix stripped, forwarding headers, access log (buffered); bodies pass through without files',
  forwards: true,
  worker: 'child',
  compiled: true,
  missing: () => undefined,
  command({ dir, port, upstreams, tls, workers }) {
    const config = join(dir, 'nginx.conf')
    writeFileSync(config, proxyConfig({ dir, port, upstreams, tls, workers }))
    return { command: 'nginx', args: ['-p', dir, '-c', config, '-e', 'stderr'] }
  },
}

const proxyConfig = ({ dir, port, upstreams, tls, workers }) => `${nginxPreamble(dir, workers)}
master_process on;
http {
  access_log ${dir}/access.log combined buffer=64k flush=1s;
  keepalive_requests 1000000000;
  keepalive_timeout 120s;
  client_max_body_size 0;
  upstream echo {
    ${upstreams.map((upstream) => `server 127.0.0.1:${upstream};`).join(' ')}
    keepalive 1024;
    keepalive_requests 1000000000;
  }
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port} ${tls ? 'ssl ' : ''}backlog=4096;
    ${tls ? `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};` : ''}
    location /services/echo/ {
      proxy_pass http://echo/;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Prefix /services/echo;
    }
  }
}
`
