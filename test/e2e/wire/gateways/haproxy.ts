import { KNOBS, type Running, type Service, type Start } from '../rig/wire.ts'
import { type Ports, startProgram } from './program.ts'

/** HAProxy with its own safe defaults, in one process of two threads. */
export function startHaproxy(what: Start): Promise<Running> {
  return startProgram(
    {
      name: 'haproxy',
      versionArgs: ['-v'],
      configuration,
      args: (file) => ['-db', '-f', file],
    },
    what,
  )
}

const configuration = ({ services, certificates: { ca, server } }: Start, ports: Ports) => `
global
  maxconn 8192
  nbthread 2
  tune.bufsize ${KNOBS.headerBytes + 1024}
defaults
  mode http
  option forwardfor
  http-reuse safe
  timeout http-request ${KNOBS.headerTimeoutMs}
  timeout http-keep-alive ${KNOBS.keepAliveTimeoutMs}
  timeout client ${KNOBS.bodyTimeoutMs}
  timeout connect ${KNOBS.connectTimeoutMs}
  timeout server ${KNOBS.responseTimeoutMs}
  timeout tunnel ${KNOBS.tunnelTimeoutMs}
frontend front
  bind 127.0.0.1:${ports.plain}
  bind 127.0.0.1:${ports.tls} ssl crt ${server.both} alpn h2,http/1.1
  bind 127.0.0.1:${ports.mtls} ssl crt ${server.both} alpn h2,http/1.1 ca-file ${ca} verify required
  bind 127.0.0.1:${ports.h2c} proto h2
  bind 127.0.0.1:${ports.proxy} accept-proxy
  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header ${KNOBS.clientHeader} %[ssl_c_s_dn]
  http-request return status 404 unless { path_beg /services/ }
  use_backend %[path,field(3,/)]
  default_backend none
frontend crowded
  bind 127.0.0.1:${ports.crowded}
  stick-table type ip size 1k store conn_cur
  tcp-request connection track-sc0 src
  tcp-request connection reject if { sc0_conn_cur gt ${KNOBS.connectionsPerAddress} }
  use_backend %[path,field(3,/)]
backend none
  http-request return status 404
${services.map(backend(ca)).join('\n')}
`

const backend =
  (ca: string) =>
  ({ name, ports, tls, narrow }: Service) => {
    const { inFlight, pending, pendingTimeoutMs } = KNOBS.narrow
    const most = narrow ? ` maxconn ${inFlight} maxqueue ${pending}` : ''
    const secure = tls ? ` ssl verify required ca-file ${ca} sni str(localhost) verifyhost localhost` : ''
    const servers = ports.map((port, index) => `  server s${index} 127.0.0.1:${port}${secure}${most}`)
    return `backend ${name}\n  timeout queue ${pendingTimeoutMs}\n  http-request replace-path /services/${name}(/.*) \\1\n${servers.join('\n')}`
  }
