import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createAdminApp, Metrics } from '../admin/index.ts'
import type { AdminConfig } from '../config/types.ts'
import type { controlPlaneOf } from '../container.ts'
import { listenFailure } from './data-plane.ts'

export interface ServingState {
  /** Processes that serve. */
  workers(): number
  /** True when all of them know the registry's view. */
  ready(): boolean
}

/** The registry, the metrics and the admin port: one of each, whatever the number of workers. */
export class ControlPlane {
  readonly metrics: Metrics
  readonly #parts: ReturnType<typeof controlPlaneOf>
  readonly #config: AdminConfig
  readonly #server: Server
  #draining = false

  constructor(parts: ReturnType<typeof controlPlaneOf>, config: AdminConfig, serving: ServingState) {
    this.#parts = parts
    this.#config = config
    const registry = () => parts.registry.status
    this.metrics = new Metrics({ registry, workers: serving.workers })
    const app = createAdminApp({
      token: config.token,
      metrics: this.metrics,
      registry,
      draining: () => this.#draining,
      ready: () => !this.#draining && registry().state !== 'pending' && serving.ready(),
    })
    this.#server = createAdaptorServer({ fetch: app.fetch }) as Server
  }

  /** @returns where the admin port is. @throws Error that says why it cannot be opened */
  async start(): Promise<AddressInfo> {
    const { host, port } = this.#config
    this.#server.listen(port, host)
    await once(this.#server, 'listening').catch((error) => {
      throw new Error(listenFailure(error, host, port))
    })
    this.#parts.registry.start()
    return this.#server.address() as AddressInfo
  }

  /** `/readyz` says no from now on, so that balancers in front look elsewhere. */
  startDraining(): void {
    this.#draining = true
  }

  async close(): Promise<void> {
    await this.#parts.registry.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
