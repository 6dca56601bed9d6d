import type { Catalog } from './catalog/index.ts'
import type { GatewayConfig } from './config/types.ts'
import { token } from './di.ts'
import type { Explanation, Question } from './explain/index.ts'
import type { Ask, LineSink, Listener, Meter } from './gateway/index.ts'
import type { Prober } from './health/index.ts'
import type { Logger, PluginContext } from './plugin/index.ts'
import type { Services, Transport, Upstreams } from './proxy/index.ts'
import type { Directory, Registry } from './registry/index.ts'
import type { Router } from './routing/index.ts'
import type { ClientTlsPool } from './tls/index.ts'

/** Everything that the container wires, by name. Tests put their own in place before the first `get`. */
export const Tokens = {
  config: token<GatewayConfig>('config'),
  catalog: token<Catalog>('catalog'),
  log: token<Logger>('log'),
  /** Where access log lines go. */
  lines: token<LineSink>('lines'),
  /** Monotonic milliseconds. */
  now: token<() => number>('now'),
  /** Epoch milliseconds. */
  wallMs: token<() => number>('wallMs'),
  random: token<() => number>('random'),
  /** See `PluginContext.ordinal`. */
  ordinal: token<number>('ordinal'),
  /** How many data planes share what the settings allow the gateway. */
  workers: token<number>('workers'),
  /** See `GatewayInputs.ticketSecret`. */
  ticketSecret: token<Buffer>('ticketSecret'),
  pluginContext: token<PluginContext>('pluginContext'),
  registry: token<Registry>('registry'),
  prober: token<Prober>('prober'),
  /** Tells the control plane, in this process or another, of an instance that cannot be connected to. */
  unreachable: token<(service: string, id: string) => void>('unreachable'),
  /** How instances are met that are called by TLS. */
  instanceTls: token<ClientTlsPool>('instanceTls'),
  transport: token<Transport>('transport'),
  upstreams: token<Upstreams>('upstreams'),
  directory: token<Directory>('directory'),
  services: token<Services>('services'),
  router: token<Router>('router'),
  meter: token<Meter>('meter'),
  ask: token<Ask>('ask'),
  explain: token<(question: Question) => Explanation>('explain'),
  listener: token<Listener>('listener'),
}
