// What one strategy costs, in a process of its own: the compiler is to know no other. Prints JSON.
import { contenders } from './contenders.mjs'
import { bareOf, poolOf } from './gateway.mjs'
import { callersOf, instancesOf } from './service.mjs'
import { nsOf } from './timing.mjs'

const SIZES = [10, 1000]
const CALLERS = 1024
const NONE = []

const strategy = contenders.find(({ type }) => type === process.argv[2])
const ref = { type: strategy.type, options: strategy.options(0) }
const context = { now: () => performance.now(), random: Math.random }
const callers = callersOf(CALLERS)

process.stdout.write(JSON.stringify(SIZES.map((size) => ({ size, pickNs: pickNs(size), leaseNs: leaseNs(size) }))))

/** One choice: a pick, or what spares one. Of each endpoint 0 to 3 are in flight, another one where a pick went. */
function pickNs(size) {
  const { strategy: bare, endpoints } = bareOf(ref, instancesOf(size), context)
  for (const endpoint of endpoints) {
    endpoint.inFlight = Math.floor(Math.random() * 4)
    endpoint.latencyMs = 5 + 10 * Math.random()
    bare.observe?.(endpoint, endpoint.latencyMs, false)
  }
  for (const caller of callers) caller.inFlight = 1.5 * size
  const choose = bare.keeps
    ? (caller) => bare.keeps(caller) ?? bare.pick(endpoints, caller)
    : (caller) => bare.pick(endpoints, caller)
  return nsOf((turn) => {
    const endpoint = choose(callers[turn % CALLERS])
    endpoint.inFlight = (endpoint.inFlight + 1) & 3
  })
}

/** A request's whole way through the pool: lease, answer, end. As many leases as instances are running, by and large. */
function leaseNs(size) {
  const pool = poolOf(ref, instancesOf(size), context)
  const running = Array.from({ length: 2 * size }, (_, turn) => pool.lease(callers[turn % CALLERS], NONE))
  return nsOf((turn) => {
    const at = turn % running.length
    const lease = running[at]
    pool.observe(lease.endpoint, 10, false)
    lease.end()
    running[at] = pool.lease(callers[turn % CALLERS], NONE)
  })
}
