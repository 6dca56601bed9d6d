import type { GatewayConfig, ServiceConfig } from './types.ts'

/** What holds for a service: its own settings, or the file's. */
export function settingsOf(config: GatewayConfig): (service: string) => ServiceConfig {
  const { services } = config
  const defaults: ServiceConfig = { ...config, middleware: [] }
  return (service) => services.get(service) ?? defaults
}
