import { candidates } from '../candidates/index.mjs'

/** @type {import('./index.mjs').Case} */
export const smallGet = {
  name: 'small-get',
  does: 'GETs answered with 150 bytes, 64 keep-alive connections',
  warmups: 2, // what is compiled last is compiled late
  candidates: Object.values(candidates),
}
