/**
 * The strategies that come with the gateway: plugins like any other.
 * @module
 */
import type { Plugin } from '../src/plugin/index.ts'
import { maglev, rendezvous, ringHash } from './hash.ts'
import { leastRequest } from './least-request.ts'
import { p2c } from './p2c.ts'
import { peakEwma } from './peak-ewma.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { sticky } from './sticky.ts'
import { weighted } from './weighted.ts'
import { zoneAware } from './zone-aware.ts'

export { leastRequest, maglev, p2c, peakEwma, random, rendezvous, ringHash, roundRobin, sticky, weighted, zoneAware }

export const strategies: readonly Plugin[] = [
  leastRequest,
  maglev,
  p2c,
  peakEwma,
  random,
  rendezvous,
  ringHash,
  roundRobin,
  sticky,
  weighted,
  zoneAware,
]
