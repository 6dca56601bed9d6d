import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '../catalog/index.ts'
import type { GatewayConfig } from '../config/types.ts'
import { controlPlaneOf, newGatewayScope } from '../container.ts'
import { adminAddress } from './admin-port.ts'
import type { Output } from './console.ts'

const POLL_MS = 50
const PATIENCE_MS = 15_000
const SAID_AFTER_MS = 1000

type Scope = ReturnType<typeof newGatewayScope>

/** The parts of a gateway that serves nobody, its registries read. @throws Error that says why they cannot be */
export async function openRegistries(
  config: GatewayConfig,
  catalog: Catalog,
  stderr: Output,
): Promise<{ scope: Scope; close(): Promise<void> }> {
  const names = config.registry.map(({ name }) => name).join(', ')
  stderr.write(`no gateway answers at ${adminAddress(config.admin)}; reading the registry itself: ${names}\n`)
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
  if (registry.complete) return { scope, close }
  await close()
  throw new Error(failures().join('; ') || `the registry was not read within ${PATIENCE_MS / 1000} s`)
}

const ignore = () => undefined
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const nowhere = { write: ignore }
