import { onTestFinished } from 'vitest'
import { Pool } from '../../src/balancing/index.ts'
import { builtins } from '../../src/builtins.ts'
import { parseConfig } from '../../src/config/index.ts'
import { type BalancingStrategy, instance } from '../../src/plugin/index.ts'
import {
  type Exchange,
  exchangeOfRequest,
  forward,
  Http1Transport,
  Http2Transport,
  type Means,
  Protocols,
  RequestHeaders,
  type Service,
  Services,
  type UpstreamResponse,
  Upstreams,
} from '../../src/proxy/index.ts'
import { pluginContext } from '../contract/index.ts'
import { poolOptions } from '../support/pool.ts'
import { until } from '../support/until.ts'

export interface Asked {
  readonly exchange: Exchange
  readonly response: Promise<UpstreamResponse>
}

export interface ServiceRig {
  readonly service: Service
  readonly services: Services
  readonly pool: Pool
  /** `event:detail`, oldest first. */
  readonly events: readonly string[]
  /** Forwards a request, with a body for those that may have one. */
  ask(init?: RequestInit): Asked
  /** As `ask`, and reads the answer: its status and text, or the code of the gateway's own. */
  answer(init?: RequestInit): Promise<string>
}

export interface RigOptions {
  readonly means?: Partial<Means>
  readonly strategy?: BalancingStrategy
}

/** The first of those that are offered: so the first address is asked, then the second. */
const inOrder: BalancingStrategy = { pick: (endpoints) => endpoints[0]! }

/**
 * One service on these addresses, over real sockets, with the settings of a YAML file. At the end of the test nothing may
 * be left in flight.
 */
export async function serviceRig(
  yaml: string,
  addresses: readonly string[],
  { means, strategy = inOrder }: RigOptions = {},
): Promise<ServiceRig> {
  const text = `registry: { type: static-file, options: { path: services.yaml } }\n${yaml}`
  const { config } = await parseConfig(text, 'gateway.yaml', { builtins, env: {} })
  const now = means?.now ?? (() => performance.now())
  const random = means?.random ?? (() => 0.5)
  const pool = new Pool('s', strategy, poolOptions({ now, random }))
  pool.update(addresses.map(instanceAt))
  const upstreams = new Upstreams(new Protocols(new Http1Transport(), new Http2Transport()))
  const events: string[] = []
  const services = new Services(
    {
      upstreams,
      requestHeaders: new RequestHeaders({ forwarded: false, subjectHeader: null }),
      log: pluginContext().log,
      now,
      wallMs: Date.now,
      random,
      count: (event, _service, detail) => events.push(`${event}:${detail}`),
      unreachable: () => false,
      ...means,
    },
    () => config,
    0,
  )
  onTestFinished(async () => {
    await until('nothing is in flight', () => pool.inFlight === 0)
    upstreams.closeAll()
  })
  const service = services.of(pool)
  const ask = (init: RequestInit = {}): Asked => {
    const exchange = exchangeOf(init)
    const response = new Promise<UpstreamResponse>((answer) => answer(forward(exchange, service)))
    response.catch(() => undefined)
    return { exchange, response }
  }
  const answer = async (init?: RequestInit) => {
    try {
      const response = await ask(init).response
      return `${response.status} ${await response.text()}`
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  }
  return { service, services, pool, events, ask, answer }
}

let asked = 0

function exchangeOf(init: RequestInit): Exchange {
  const exchange = exchangeOfRequest(`r-${++asked}`, performance.now(), new Request('http://gateway/', init))
  const { rawTarget: path } = exchange
  exchange.route = { service: 's', path, prefix: '', mode: 'path', dropHeaders: [], middleware: undefined }
  return exchange
}

export function instanceAt(address: string) {
  const [host, port] = address.split(':')
  return instance({ host: host!, port: Number(port) })
}
