import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createAdminApp, Metrics, Standings } from '../admin/index.ts'
import type { AdminConfig } from '../config/types.ts'
import type { controlPlaneOf } from '../container/control-plane.ts'
import type { Explanation, Question } from '../explain/index.ts'
import type { Reading } from '../gateway/index.ts'
import { listen } from './listen.ts'

export interface ServingState {
  /** Processes that serve. */
  workers(): number
  /** True when all of them know the registry's view. */
  ready(): boolean
  explain(question: Question): Promise<Explanation>
}

type Planes = ReturnType<typeof controlPlaneOf>

/** The registry, active probes, the metrics and the admin port: one of each, whatever the number of workers. */
export class ControlPlane {
  readonly #planes: Planes
  readonly #config: AdminConfig
  readonly #server: Server
  readonly #standings = new Standings()
  readonly #metrics: Metrics
  #draining = false

  constructor(planes: Planes, config: AdminConfig, serving: ServingState) {
    this.#planes = planes
    this.#config = config
    const { registry, prober } = planes
    const sources = { registry, prober, standings: this.#standings, workers: serving.workers }
    this.#metrics = new Metrics({ ...sources, now: () => performance.now() })
    const app = createAdminApp({
      token: config.token,
      metrics: this.#metrics,
      sources,
      explain: serving.explain,
      draining: () => this.#draining,
      ready: () => !this.#draining && registry.complete && serving.ready(),
    })
    this.#server = createAdaptorServer({ fetch: app.fetch }) as Server
    registry.subscribe((update) => prober.apply(update))
  }

  /** @returns where the admin port is. @throws Error that says why it cannot be opened */
  async start(): Promise<AddressInfo> {
    const address = await listen(this.#server, this.#config)
    this.#planes.registry.start()
    return address
  }

  /** What a worker has counted, and how it stands. */
  hear(worker: number, reading: Reading): void {
    this.#standings.take(worker, reading.standings)
    this.#metrics.add(worker, reading)
  }

  workerDied(worker: number): void {
    this.#standings.drop(worker)
    this.#metrics.workerDied(worker)
  }

  /** `/readyz` says no from now on, so that balancers in front look elsewhere. */
  startDraining(): void {
    this.#draining = true
  }

  async close(): Promise<void> {
    this.#planes.prober.close()
    await this.#planes.registry.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
