import { setTimeout as sleep } from 'node:timers/promises'
import { type RegistryReport, registryReport, type ServiceReport, serviceReports } from '../admin/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { GatewayConfig } from '../config/types.ts'
import { controlPlaneOf, newGatewayScope } from '../container.ts'
import { adminAddress, askAdmin, refused } from './admin-port.ts'
import type { Output } from './console.ts'

const POLL_MS = 50
const PATIENCE_MS = 15_000
const SAID_AFTER_MS = 1000

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
  const { admin } = config
  try {
    await askAdmin(admin, '/healthz')
    return { read: () => fromGateway(config), close: async () => undefined }
  } catch (error) {
    if (!refused(error) && admin.port !== 0) throw noAnswer(config, (error as Error).message)
  }
  const names = config.registry.map(({ name }) => name).join(', ')
  stderr.write(`no gateway answers at ${adminAddress(admin)}; reading the registry itself: ${names}\n`)
  return fromRegistries(config, catalog, stderr)
}

async function fromGateway(config: GatewayConfig): Promise<Holdings> {
  const [registry, { services }] = await Promise.all([
    json<RegistryReport>(config, '/api/registry'),
    json<{ services: readonly ServiceReport[] }>(config, '/api/services'),
  ])
  return { registry, services }
}

async function json<Body>(config: GatewayConfig, path: string): Promise<Body> {
  const response = await askAdmin(config.admin, path, { timeoutMs: PATIENCE_MS }).catch((error: Error) => {
    throw noAnswer(config, error.message)
  })
  if (response.status === 401) throw noAnswer(config, 'it wants another admin.token')
  if (!response.ok) throw noAnswer(config, `${path} answers ${response.status}; is that a Portolan of this version?`)
  return (await response.json()) as Body
}

const noAnswer = ({ admin }: GatewayConfig, reason: string) =>
  new Error(`no answer from the gateway's admin port ${adminAddress(admin)}: ${reason}`)

async function fromRegistries(config: GatewayConfig, catalog: Catalog, stderr: Output): Promise<HoldingsReader> {
  // The snapshot is the gateway's: a look at the registry neither starts from it nor writes it.
  const registries = config.registry.map((one) => ({ ...one, snapshot: null }))
  const scope = newGatewayScope({ config: { ...config, registry: registries }, catalog, log: quiet, lines: nowhere })
  const { registry } = controlPlaneOf(scope)
  registry.start()
  const close = () => registry.close()
  const deadlineMs = performance.now() + PATIENCE_MS
  const saying = setTimeout(() => stderr.write('still reading...\n'), SAID_AFTER_MS)
  const failures = () => registry.sources.flatMap(({ name, reason }) => (reason ? [`${name}: ${reason}`] : []))
  while (!registry.complete && failures().length < registries.length && performance.now() < deadlineMs)
    await sleep(POLL_MS)
  clearTimeout(saying)
  if (!registry.complete) {
    await close()
    throw new Error(failures().join('; ') || `the registry was not read within ${PATIENCE_MS / 1000} s`)
  }
  return { read: async () => ({ registry: registryReport(registry), services: [...serviceReports(registry)] }), close }
}

const ignore = () => undefined
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const nowhere = { write: ignore }
