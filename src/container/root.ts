import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { Catalog } from '../catalog/index.ts'
import { monotonicMs } from '../clock.ts'
import type { GatewayConfig } from '../config/types.ts'
import { bind, get, newScope, type Scope, set } from '../di.ts'
import type { LineSink } from '../gateway/index.ts'
import type { Logger } from '../plugin/index.ts'
import { ClientTlsPool } from '../tls/index.ts'
import { Tokens } from '../tokens.ts'

/** Binds the recipes of a plane. A process imports those of the planes that it has: the other one's code is never loaded. */
export type Plane = (root: Scope) => void

/** A value is built on first use and belongs to the scope that asked for it. */
function newRoot(planes: readonly Plane[]): Scope {
  const root = newScope()
  set(root, Tokens.now, monotonicMs)
  set(root, Tokens.wallMs, Date.now)
  set(root, Tokens.random, Math.random)
  set(root, Tokens.ordinal, 0)
  set(root, Tokens.workers, 1)
  bind(root, Tokens.ticketSecret, () => randomBytes(32))
  bind(root, Tokens.unreachable, (scope) => {
    const registry = get(scope, Tokens.registry)
    return (service, id) => registry.unreachable(service, id)
  })
  bind(root, Tokens.pluginContext, (scope) => ({
    log: get(scope, Tokens.log),
    now: get(scope, Tokens.now),
    random: get(scope, Tokens.random),
    ordinal: get(scope, Tokens.ordinal),
    directory: dirname(get(scope, Tokens.config).file),
  }))
  bind(root, Tokens.instanceTls, (scope) => new ClientTlsPool(get(scope, Tokens.log)))
  for (const bindPlane of planes) bindPlane(root)
  return root
}

/** What a gateway is made from. */
export interface GatewayInputs {
  readonly config: GatewayConfig
  readonly catalog: Catalog
  readonly log: Logger
  readonly lines: LineSink
  readonly ordinal?: number
  /** How many data planes the gateway has, this one among them. */
  readonly workers?: number
  /** What the data planes have in common that resume each other's TLS sessions; a random one if there is none. */
  readonly ticketSecret?: Buffer
  /** Where the control plane is, if not in this process. */
  readonly unreachable?: (service: string, id: string) => void
}

/** A scope for one gateway. Nothing is built yet: this is the moment to put other values in place. */
export function newScopeWith(
  planes: readonly Plane[],
  { config, catalog, log, lines, ordinal = 0, workers = 1, ticketSecret, unreachable }: GatewayInputs,
): Scope {
  const scope = newScope(newRoot(planes))
  set(scope, Tokens.config, config)
  set(scope, Tokens.catalog, catalog)
  set(scope, Tokens.log, log)
  set(scope, Tokens.lines, lines)
  set(scope, Tokens.ordinal, ordinal)
  set(scope, Tokens.workers, workers)
  if (ticketSecret) set(scope, Tokens.ticketSecret, ticketSecret)
  if (unreachable) set(scope, Tokens.unreachable, unreachable)
  return scope
}
