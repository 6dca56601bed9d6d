import { best, candidates } from '../candidates/index.mjs'
import { smallGet } from './small-get.mjs'

/** @type {import('./index.mjs').Case} */
export const halfLoad = {
  name: 'half-load',
  does: 'open loop: GETs answered with 150 bytes, evenly spaced, at half the rate that nginx reached in the small GET of the same round; latency from the moment a request was due; 64 keep-alive connections',
  generator: 'open',
  candidates: best,
  rate: async (round) => Math.round((await round.result(candidates.nginx, smallGet)).perSecond / 2),
}
