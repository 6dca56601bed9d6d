import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createAdminApp, Metrics } from '../admin/index.ts'
import type { AdminConfig } from '../config/types.ts'
import type { Explanation, Question } from '../explain/index.ts'
import type { Registry } from '../registry/index.ts'
import { listen } from './listen.ts'

export interface ServingState {
  /** Processes that serve. */
  workers(): number
  /** True when all of them know the registry's view. */
  ready(): boolean
  explain(question: Question): Promise<Explanation>
}

/** The registry, the metrics and the admin port: one of each, whatever the number of workers. */
export class ControlPlane {
  readonly metrics: Metrics
  readonly #registry: Registry
  readonly #config: AdminConfig
  readonly #server: Server
  #draining = false

  constructor(registry: Registry, config: AdminConfig, serving: ServingState) {
    this.#registry = registry
    this.#config = config
    this.metrics = new Metrics({ registry, workers: serving.workers })
    const app = createAdminApp({
      token: config.token,
      metrics: this.metrics,
      registry,
      explain: serving.explain,
      draining: () => this.#draining,
      ready: () => !this.#draining && registry.complete && serving.ready(),
    })
    this.#server = createAdaptorServer({ fetch: app.fetch }) as Server
  }

  /** @returns where the admin port is. @throws Error that says why it cannot be opened */
  async start(): Promise<AddressInfo> {
    const address = await listen(this.#server, this.#config)
    this.#registry.start()
    return address
  }

  /** `/readyz` says no from now on, so that balancers in front look elsewhere. */
  startDraining(): void {
    this.#draining = true
  }

  async close(): Promise<void> {
    await this.#registry.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
