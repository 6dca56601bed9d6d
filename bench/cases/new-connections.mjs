import { best } from '../candidates/index.mjs'

/** @type {import('./index.mjs').Case} */
export const newConnections = {
  name: 'new-connections',
  does: 'GETs answered with 150 bytes, each on a connection of its own (`Connection: close`), 64 at a time',
  headers: { connection: 'close' },
  candidates: best,
}
