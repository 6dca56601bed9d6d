import { afterAll, onTestFinished, TestRunner } from 'vitest'
import { type GatewayOptions, type GatewayProcess, spawnGateway } from './gateway-process.ts'

export { type GatewayOptions, GatewayProcess, type LogLine, MAIN } from './gateway-process.ts'

/**
 * Starts a gateway from YAML text, and waits until it is ready; `ready: false`: until it listens.
 * It ends with the test, or with the file if no test runs.
 */
export async function startGateway(
  yaml = '',
  { ready = true, ...options }: GatewayOptions & { readonly ready?: boolean } = {},
): Promise<GatewayProcess> {
  const gateway = await launchGateway(yaml, options)
  await gateway.listening(ready)
  return gateway
}

/** As `startGateway`, without any wait. */
export async function launchGateway(yaml = '', options: GatewayOptions = {}): Promise<GatewayProcess> {
  const gateway = spawnGateway(yaml, options)
  if (TestRunner.getCurrentTest()) onTestFinished(() => gateway.remove())
  else started.push(gateway)
  return gateway
}

const started: GatewayProcess[] = []
afterAll(() => Promise.all(started.map((gateway) => gateway.remove())))
