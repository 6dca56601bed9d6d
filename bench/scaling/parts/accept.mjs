import { median } from '../../statistics.mjs'
import { startGateway, written } from '../gateway.mjs'
import { loaded, small } from '../loaded.mjs'

const ROUNDS = 3
const WARM_UP_MS = 1000
const MEASURED_MS = 1200
const REUSE_PORT_SINCE = [23, 1]

/** A new connection for each request: who accepts it, and what that costs. */
export async function accept({ dir, say, instance, nodes }) {
  const rows = []
  for (const node of nodes)
    for (const workers of [1, 2]) rows.push(...(await compared({ dir, say, instance, node, workers })))
  return rows
}

async function compared({ dir, say, instance, node, workers }) {
  const ways = [
    { name: 'the first process accepts, in turn', env: ['NODE_CLUSTER_SCHED_POLICY=rr'] },
    { name: 'the workers accept from one queue', env: ['NODE_CLUSTER_SCHED_POLICY=none'] },
    ...(hasReusePort(node) ? [{ name: 'each worker has its queue (reusePort)', watched: 'count&reusePort' }] : []),
  ]
  const gateways = []
  for (const way of ways)
    gateways.push(await startGateway({ dir, instance, workers, node: node.path, watched: 'count', ...way }))
  const results = ways.map(() => [])
  for (const gateway of gateways) await loaded(gateway, small({ fresh: true }), WARM_UP_MS)
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, gateway] of gateways.entries())
      results[at].push(await loaded(gateway, small({ fresh: true }), MEASURED_MS))
  const rows = []
  for (const [at, gateway] of gateways.entries()) {
    await gateway.stop()
    rows.push(rowOf(node, workers, ways[at], results[at], await sharesOf(gateway)))
    say(`${rows.at(-1).what}: ${rows.at(-1).measured}`)
  }
  return rows
}

const hasReusePort = ({ version }) => {
  const [major, minor] = version.split('.').map(Number)
  return major > REUSE_PORT_SINCE[0] || (major === REUSE_PORT_SINCE[0] && minor >= REUSE_PORT_SINCE[1])
}

async function sharesOf(gateway) {
  const counts = []
  for (const pid of gateway.processes.slice(1)) counts.push((await written(gateway, pid)).connections)
  const all = counts.reduce((sum, count) => sum + count)
  return counts.map((count) => (count / all) * 100)
}

function rowOf(node, workers, way, rounds, shares) {
  const middle = (of) => median(rounds.map(of))
  const spread = workers > 1 ? `; shares ${shares.map((share) => share.toFixed(0)).join(' and ')} %` : ''
  const cpu = `${middle(({ all }) => all).toFixed(0)} µs CPU/connection, ${middle(({ first }) => first).toFixed(0)} of it the first process's`
  const rate = `${middle(({ perSecond }) => perSecond).toFixed(0)}/s, p99 ${middle(({ p99Ms }) => p99Ms).toFixed(1)} ms`
  return {
    what: `connections, ${workers} ${workers > 1 ? 'workers' : 'worker'}, Node ${node.version}: ${way.name}`,
    measured: `${cpu}; ${rate}${spread}`,
  }
}
