import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingProgram } from '../programs.mjs'

/** @type {import('./index.mjs').Candidate} */
export const haproxy = {
  name: 'haproxy',
  does: 'prefix stripped, forwarding headers; no access log',
  forwards: true,
  worker: 'itself',
  compiled: true,
  missing: () => missingProgram('haproxy'),
  command({ dir, port, upstreams, tls }) {
    const config = join(dir, 'haproxy.cfg')
    writeFileSync(config, proxyConfig(`127.0.0.1:${port}${tls ? ` ssl crt ${tls.both}` : ''}`, upstreams))
    return { command: 'haproxy', args: ['-db', '-f', config] }
  },
}

const proxyConfig = (address, upstreams) => `global
  nbthread 1
  maxconn 4096
  ssl-server-verify none
defaults
  mode http
  timeout connect 5s
  timeout client 120s
  timeout server 120s
  timeout tunnel 1h
  option forwardfor
frontend entrance
  bind ${address} backlog 4096
  use_backend echo if { path_beg /services/echo/ }
backend echo
  balance roundrobin
  http-request set-header X-Forwarded-Proto ${address.includes(' ssl ') ? 'https' : 'http'}
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Prefix /services/echo
  http-request replace-path /services/echo(/.*) \\1
${upstreams.map((upstream) => `  server echo${upstream} 127.0.0.1:${upstream}`).join('\n')}
`
