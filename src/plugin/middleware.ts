import type { MiddlewareHandler } from 'hono'
import type { PluginContext } from './context.ts'
import type { Schema } from './schema.ts'

export interface MiddlewarePlugin<Options = unknown> {
  readonly kind: 'middleware'
  readonly name: string
  readonly options?: Schema<Options>
  /** Called once for each place that names it. The handler works on proxied traffic before and after `next()`. */
  create(options: Options, context: PluginContext): MiddlewareHandler
}

export function defineMiddleware<Options = undefined>(
  plugin: Omit<MiddlewarePlugin<Options>, 'kind'>,
): MiddlewarePlugin<Options> {
  return { ...plugin, kind: 'middleware' }
}
