import { KNOBS, type Running, type Service, type Start } from '../rig/wire.ts'
import { type Ports, startProgram } from './program.ts'

/** nginx as a streaming gateway: nothing buffered, HTTP/1.1 and kept connections upstream, upgrades let through. */
export function startNginx(what: Start): Promise<Running> {
  return startProgram(
    {
      name: 'nginx',
      versionArgs: ['-v'],
      configuration,
      args: (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr'],
    },
    what,
  )
}

const seconds = (ms: number) => `${ms / 1000}s`

const configuration = ({ services, certificates: { ca, server } }: Start, ports: Ports, folder: string) => `
daemon off;
worker_processes 2;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`).join(' ')}
  client_header_timeout ${seconds(KNOBS.headerTimeoutMs)};
  client_body_timeout ${seconds(KNOBS.bodyTimeoutMs)};
  send_timeout ${seconds(KNOBS.writeTimeoutMs)};
  keepalive_timeout ${seconds(KNOBS.keepAliveTimeoutMs)};
  large_client_header_buffers 4 ${KNOBS.headerBytes / 2 / 1024}k;
  client_max_body_size 0;
  limit_conn_zone $binary_remote_addr zone=clients:1m;
  limit_conn_zone $narrow zone=narrow:1m;
  proxy_connect_timeout ${seconds(KNOBS.connectTimeoutMs)};
  proxy_read_timeout ${seconds(KNOBS.responseTimeoutMs)};
  proxy_send_timeout ${seconds(KNOBS.responseTimeoutMs)};
  proxy_buffering off;
  proxy_request_buffering off;
  proxy_http_version 1.1;
  proxy_pass_header Server;
  proxy_pass_header Date;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $host;
  proxy_set_header ${KNOBS.clientHeader} $ssl_client_s_dn;
  proxy_ssl_verify on;
  proxy_ssl_trusted_certificate ${ca};
  proxy_ssl_name localhost;
  proxy_ssl_server_name on;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate ${server.cert};
  ssl_certificate_key ${server.key};
  ${services.map(upstream).join('\n  ')}
  server {
    listen 127.0.0.1:${ports.plain} backlog=4096;
    listen 127.0.0.1:${ports.tls} ssl http2;
    listen 127.0.0.1:${ports.h2c} http2;
    listen 127.0.0.1:${ports.proxy} proxy_protocol;
    set_real_ip_from 127.0.0.0/8;
    real_ip_header proxy_protocol;
    ${services.map(location).join('\n    ')}
    location / { return 404; }
  }
  server {
    listen 127.0.0.1:${ports.mtls} ssl http2;
    ssl_client_certificate ${ca};
    ssl_verify_client on;
    ${services.map(location).join('\n    ')}
    location / { return 404; }
  }
  server {
    listen 127.0.0.1:${ports.crowded};
    limit_conn clients ${KNOBS.connectionsPerAddress};
    ${services.map(location).join('\n    ')}
  }
}
`

const upstream = ({ name, ports }: Service) =>
  `upstream ${name} { ${ports.map((port) => `server 127.0.0.1:${port} max_fails=0;`).join(' ')} keepalive 16; }`

/** It knows no queue. */
const narrowness = (name: string) => `set $narrow ${name}; limit_conn narrow ${KNOBS.narrow.inFlight};`

const location = ({ name, tls, narrow }: Service) =>
  `location /services/${name}/ { ${narrow ? narrowness(name) : ''} proxy_pass ${tls ? 'https' : 'http'}://${name}/; }`
