import { type RegistryReport, registryReport, type ServiceReport, serviceReports } from '../admin/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { GatewayConfig } from '../config/types.ts'
import { controlPlaneOf } from '../container.ts'
import { answerOf, isRunning } from './admin-port.ts'
import type { Output } from './console.ts'
import { openRegistries } from './registries.ts'

/** What the registries hold: as a running gateway has it, or as they themselves say. */
export interface Holdings {
  readonly registry: RegistryReport
  readonly services: readonly ServiceReport[]
}

export interface HoldingsReader {
  /** @throws Error that says why nothing can be read */
  read(): Promise<Holdings>
  close(): Promise<void>
}

/** From the gateway that runs by this configuration; where there is none, from the registries themselves. */
export async function openHoldings(
  { config, catalog }: { config: GatewayConfig; catalog: Catalog },
  stderr: Output,
): Promise<HoldingsReader> {
  if (await isRunning(config)) return { read: () => fromGateway(config), close: async () => undefined }
  return fromRegistries(config, catalog, stderr)
}

async function fromGateway(config: GatewayConfig): Promise<Holdings> {
  const [registry, { services }] = await Promise.all([
    answerOf<RegistryReport>(config, '/api/registry'),
    answerOf<{ services: readonly ServiceReport[] }>(config, '/api/services'),
  ])
  return { registry, services }
}

async function fromRegistries(config: GatewayConfig, catalog: Catalog, stderr: Output): Promise<HoldingsReader> {
  const { scope, close } = await openRegistries(config, catalog, stderr)
  const { registry } = controlPlaneOf(scope)
  return { read: async () => ({ registry: registryReport(registry), services: [...serviceReports(registry)] }), close }
}
