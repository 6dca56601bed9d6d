/**
 * The porch: what adapters, strategies and middleware are written against. Nothing here knows the gateway.
 * @module
 */
export * from './adapter.ts'
export * from './address.ts'
export * from './context.ts'
export * from './cookie.ts'
export * from './endpoint.ts'
export * from './hash.ts'
export * from './instance.ts'
export * from './middleware.ts'
export * from './per-list.ts'
export * from './registration.ts'
export * from './schema.ts'
export * from './service-name.ts'
export * from './shared-view.ts'
export * from './strategy.ts'
export * from './units.ts'
export * from './view.ts'
export * from './words.ts'

import type { AdapterPlugin } from './adapter.ts'
import type { MiddlewarePlugin } from './middleware.ts'
import type { StrategyPlugin } from './strategy.ts'

/** Any plugin, whatever its options: what a plugin module exports as its default, alone or in an array. */
// biome-ignore lint/suspicious/noExplicitAny: options differ per plugin and meet their schema before `create`
export type Plugin = AdapterPlugin<any> | StrategyPlugin<any> | MiddlewarePlugin<any>
