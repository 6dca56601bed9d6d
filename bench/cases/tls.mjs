import { candidates } from '../candidates/index.mjs'
import { missingProgram } from '../programs.mjs'

const able = ['nginx', 'haproxy', 'portolan']

/** @type {import('./index.mjs').Case} */
export const tls = {
  name: 'tls',
  does: 'GETs answered with 150 bytes over TLS, 64 keep-alive connections; the instances are called without',
  tls: true,
  candidates: able.map((name) => candidates[name]),
  missing: () => missingProgram('openssl'),
}
