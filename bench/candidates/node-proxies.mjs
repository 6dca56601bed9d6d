import { existsSync } from 'node:fs'

const node = (file, about) => ({
  worker: 'itself',
  missing: () => (existsSync(program(file)) ? undefined : `bench/candidates/servers/${file} is not there`),
  command: ({ port, upstreams }) => ({
    command: process.execPath,
    args: [program(file), port, ...upstreams].map(String),
  }),
  ...about,
})

const program = (file) => new URL(`servers/${file}`, import.meta.url).pathname

/** Node programs as their documentation has one write them, in one process. @type {import('./index.mjs').Candidate[]} */
export const nodeProxies = [
  node('express-http-proxy.mjs', {
    name: 'express-http-proxy',
    does: 'prefix stripped; a new upstream connection per request, no forwarding headers, no access log',
    forwards: false,
  }),
  node('fastify-http-proxy.mjs', {
    name: 'fastify-http-proxy',
    does: 'prefix stripped, forwarding headers; no access log',
    forwards: true,
  }),
  node('hono-proxy.mjs', {
    name: 'hono-proxy',
    does: 'prefix stripped, forwarding headers; no access log',
    forwards: true,
  }),
]
