import { candidates } from '../candidates/index.mjs'

// Not fastify's: it tells the client `Connection: keep-alive`, as its instance said, and closes.
// fast-gateway hands `Connection: close` on, and so makes a connection to the instance, too.
const able = ['nginx', 'haproxy', 'fast-gateway', 'portolan', 'portolan-one-process']

/** @type {import('./index.mjs').Case} */
export const newConnections = {
  name: 'new-connections',
  does: 'GETs answered with 150 bytes, each on a connection of its own (`Connection: close`), 64 at a time',
  headers: { connection: 'close' },
  warmups: 3, // fewer requests are made in the same time, and each needs more code
  candidates: able.map((name) => candidates[name]),
}
