import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { createGateway, type Gateway, type GatewayOptions } from '../../src/index.ts'

/** An instance on a free port that answers with its name. Lives as long as the test. */
export async function startInstance(name: string): Promise<string> {
  const server = createServer((_request, response) => response.end(name))
  return listening(server)
}

/** `127.0.0.1:port`, until the test ends. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A copy of an example in which `services.yaml` names instances of the test. */
export async function exampleWith(name: string, services: Readonly<Record<string, readonly string[]>>) {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-example-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(join('examples', name), folder, { recursive: true })
  await writeFile(join(folder, 'services.yaml'), stringify({ services }))
  return join(folder, 'gateway.yaml')
}

/** A gateway that has read its registry. No port is opened. */
export async function startGateway(file: string, options?: GatewayOptions): Promise<Gateway> {
  const gateway = await createGateway(file, options)
  onTestFinished(() => gateway.close())
  await gateway.start()
  return gateway
}
