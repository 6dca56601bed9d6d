// What one strategy costs, in a process of its own: the compiler is to know no other. Prints JSON.
import { contenders } from './contenders.mjs'
import { bareOf, poolOf } from './gateway.mjs'
import { callersOf, instancesOf } from './service.mjs'
import { nsOf } from './timing.mjs'

const SIZES = [10, 1000]
const CALLERS = 1024
/** Requests, by endpoint. */
const RUNNING = 1.5
const ORDER = 4096
const CHANGES = 21
const NONE = []

const strategy = contenders.find(({ type }) => type === process.argv[2])
const ref = { type: strategy.type, options: strategy.options(0) }
const context = { now: () => performance.now(), random: Math.random }
const callers = callersOf(CALLERS)
/** Which of the running requests ends next. */
const order = Uint32Array.from({ length: ORDER }, () => Math.random() * 2 ** 32)

const costs = SIZES.map((size) => ({ size, pickNs: pickNs(size), leaseNs: leaseNs(size), changeMs: changeMs(size) }))
process.stdout.write(JSON.stringify(costs))

/** One choice: a pick, or what spares one. The loop around it, which ends a running request, is taken off. */
function pickNs(size) {
  const { strategy: bare, endpoints } = bareOf(ref, instancesOf(size), context)
  const running = Array.from({ length: RUNNING * size }, (_, at) => endpoints[at % size])
  for (const endpoint of endpoints) {
    endpoint.latencyMs = 5 + 10 * Math.random()
    bare.observe?.(endpoint, endpoint.latencyMs, false)
  }
  for (const endpoint of running) endpoint.inFlight++
  for (const caller of callers) caller.inFlight = running.length
  const choose = bare.keeps
    ? (caller) => bare.keeps(caller) ?? bare.pick(endpoints, caller)
    : (caller) => bare.pick(endpoints, caller)
  const whole = nsOf((turn) => {
    const at = order[turn % ORDER] % running.length
    running[at].inFlight--
    const endpoint = choose(callers[turn % CALLERS])
    endpoint.inFlight++
    running[at] = endpoint
  })
  const loop = nsOf((turn) => {
    const at = order[turn % ORDER] % running.length
    running[at].inFlight--
    running[at].inFlight++
  })
  return whole - loop
}

/** The first pick after an instance has left or come back: what the strategy prepares of its own is made anew by then. */
function changeMs(size) {
  const { strategy: bare, endpoints } = bareOf(ref, instancesOf(size), context)
  const fewer = endpoints.slice(1)
  const times = []
  for (let change = 0; change < CHANGES; change++) {
    const list = [...(change % 2 === 0 ? fewer : endpoints)]
    bare.update?.(list)
    const { user, system } = process.cpuUsage()
    bare.pick(list, callers[change % CALLERS])
    const { user: userThen, system: systemThen } = process.cpuUsage()
    times.push((userThen + systemThen - user - system) / 1000)
  }
  return times.sort((a, b) => a - b)[CHANGES >> 1]
}

/** A request's whole way through the pool: lease, answer, end. */
function leaseNs(size) {
  const pool = poolOf(ref, instancesOf(size), context)
  const running = Array.from({ length: RUNNING * size }, (_, at) => pool.lease(callers[at % CALLERS], NONE))
  return nsOf((turn) => {
    const at = order[turn % ORDER] % running.length
    const lease = running[at]
    pool.observe(lease.endpoint, 10, false)
    lease.end()
    running[at] = pool.lease(callers[turn % CALLERS], NONE)
  })
}
