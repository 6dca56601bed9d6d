/**
 * The strategies that come with the gateway: plugins like any other.
 * @module
 */
import type { Plugin } from '../src/plugin/index.ts'
import { p2c } from './p2c.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { weighted } from './weighted.ts'

export { p2c, random, roundRobin, weighted }

export const strategies: readonly Plugin[] = [p2c, random, roundRobin, weighted]
