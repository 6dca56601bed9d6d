import { stringify } from 'yaml'
import { call } from './call.ts'
import { type GatewayProcess, startGateway } from './gateway.ts'
import { startUpstream, type Upstream } from './upstream.ts'

/** An instance that is asked at `/health`, and answers everything else with its own address. */
export interface ProbedInstance extends Upstream {
  /** Whether its probes pass; null: they hang until it says. */
  healthy: boolean | null
  /** Requests that were no probes. */
  readonly requests: number
  readonly probes: number
}

export async function startProbed(healthy: boolean | null = true): Promise<ProbedInstance> {
  const state = { healthy }
  const waiting: (() => void)[] = []
  const upstream = await startUpstream((request, response) => {
    if (request.url !== '/health') return void response.end(`127.0.0.1:${request.socket.localPort}`)
    const answer = () => void response.writeHead(state.healthy ? 200 : 503).end()
    if (state.healthy === null) waiting.push(answer)
    else answer()
  })
  const isProbe = ({ url }: { url: string }) => url === '/health'
  return {
    ...upstream,
    get healthy() {
      return state.healthy
    },
    set healthy(now) {
      state.healthy = now
      for (const answer of waiting.splice(0)) answer()
    },
    get requests() {
      return upstream.asked.filter((asked) => !isProbe(asked)).length
    },
    get probes() {
      return upstream.asked.filter(isProbe).length
    },
  }
}

/** A gateway with one service, `s`, that is probed at `/health`; passive health is off. */
export async function startProbing(
  instances: readonly Upstream[],
  { workers = 2, active = {} }: { workers?: number; active?: object } = {},
): Promise<GatewayProcess & { addressOfAnswer(): Promise<string> }> {
  const often = { path: '/health', interval: '50ms', fastInterval: '50ms', timeout: '30s' }
  const health = { passive: null, active: { ...often, ...active }, panicBelow: 0 }
  // A file that is doubted like a registry: what leaves it is kept for now.
  const registry = { type: 'static-file', options: { path: 'services.yaml' }, settle: '30s', onEmpty: 'hold' }
  const services = { s: instances.map(({ address }) => address) }
  const gateway = await startGateway(stringify({ server: { workers }, registry, health }), { services })
  // Each over a connection of its own, which the workers take in turns.
  return Object.assign(gateway, { addressOfAnswer: async () => (await call(`${gateway.url}/services/s/`)).text })
}
