/**
 * Portolan as a library: a Hono app with a lifecycle, and a registration for services.
 * @module
 */
export { Catalog } from './catalog/index.ts'
export { ConfigError } from './config/index.ts'
export type { GatewayConfig } from './config/types.ts'
export { createGateway, type Gateway, type GatewayOptions } from './embed.ts'
export { GatewayError, type ProblemCode, problems } from './errors.ts'
export { type RegisterOptions, type Registration, register } from './registration.ts'
