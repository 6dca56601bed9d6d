import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const node = (file, about) => ({
  worker: 'itself',
  missing: () => (existsSync(program(file)) ? undefined : `bench/candidates/servers/${file} is not there`),
  command: ({ port, upstreams }) => ({
    command: process.execPath,
    args: [program(file), port, ...upstreams].map(String),
  }),
  ...about,
})

const program = (file) => fileURLToPath(new URL(`servers/${file}`, import.meta.url))

const same = { forwards: true, does: 'prefix stripped, forwarding headers; no access log' }

/** Node programs as their documentation has one write them, in one process. @type {import('./index.mjs').Candidate[]} */
export const nodeProxies = [
  node('express-http-proxy.mjs', {
    name: 'express-http-proxy',
    does: 'prefix stripped; a new upstream connection per request, no forwarding headers, no access log',
    forwards: false,
  }),
  node('express-http-proxy-agent.mjs', { name: 'express-http-proxy-agent', ...same }),
  node('fastify-http-proxy.mjs', { name: 'fastify-http-proxy', ...same }),
  node('fast-gateway.mjs', { name: 'fast-gateway', ...same }),
  node('httpxy.mjs', { name: 'httpxy', ...same }),
  node('hono-proxy.mjs', { name: 'hono-proxy', ...same }),
]
