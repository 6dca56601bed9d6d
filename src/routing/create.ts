import type { GatewayConfig, RoutingConfig } from '../config/types.ts'
import type { PluginContext } from '../plugin/index.ts'
import { type Exposure, exposure } from './expose.ts'
import { headersMode } from './headers.ts'
import { pathMode } from './path.ts'
import type { Router, RoutingMode } from './router.ts'
import { tableMode } from './table.ts'
import { parseTarget } from './target.ts'

/** `random` decides the splits of table routes. */
export function createRouter(
  routing: readonly RoutingConfig[],
  expose: GatewayConfig['expose'],
  { random }: Pick<PluginContext, 'random'>,
): Router {
  const check = exposure(expose)
  const modes = routing.map((config) => createMode(config, check, random))
  return {
    expectation: `expected ${modes.map((mode) => mode.expectation).join(', or ') || 'nothing: no routing is configured'}`,
    match(request) {
      const target = parseTarget(request.rawTarget)
      for (const mode of modes) {
        const route = mode.match(request, target)
        if (route) return route
      }
      return undefined
    },
  }
}

function createMode(config: RoutingConfig, check: Exposure, random: () => number): RoutingMode {
  switch (config.mode) {
    case 'headers':
      return headersMode(config, check)
    case 'path':
      return pathMode(config, check)
    case 'table':
      return tableMode(config, random)
  }
}
