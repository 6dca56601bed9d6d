// What an endpoint needs with one strategy, in a process of its own, started with --expose-gc. Prints JSON.
import { contenders } from './contenders.mjs'
import { outliersOf, poolOf } from './gateway.mjs'
import { callersOf, instancesOf } from './service.mjs'

const [type, services, instances] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const { options } = contenders.find((contender) => contender.type === type)
const context = { now: () => 0, random: Math.random }
const callers = callersOf(100)
// What the registry tells is not the balancing's, and is there before.
const tables = Array.from({ length: services }, () => instancesOf(instances))
const kept = { pools: new Array(services), outliers: new Array(services) }

const before = bytes()
for (let at = 0; at < services; at++) serve(at)
const perEndpoint = (bytes() - before) / (services * instances)
process.stdout.write(JSON.stringify({ perEndpoint, kept: kept.pools.length }))

/** Each endpoint has answered once, and failed once. */
function serve(at) {
  const pool = poolOf({ type, options: options(0) }, tables[at], context)
  const outliers = outliersOf({ consecutiveFailures: 5, successRate: null, maxEjected: 0.5 }, context)
  for (const endpoint of pool.endpoints) {
    for (const failed of [true, false]) {
      pool.observe(endpoint, 10, failed)
      outliers.record(pool, endpoint, failed ? 'failed' : 'ok', 0)
    }
  }
  for (const caller of callers) pool.lease(caller, []).end()
  kept.pools[at] = pool
  kept.outliers[at] = outliers
}

function bytes() {
  for (let round = 0; round < 2; round++) globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
