import { best } from '../candidates/index.mjs'

/** @type {import('./index.mjs').Case} */
export const manyConnections = {
  name: 'connections-1000',
  does: 'GETs answered with 150 bytes, 1,000 keep-alive connections, all of them busy',
  connections: 1000,
  candidates: best,
}
