import { controlPlaneOf, dataPlaneOf } from '../container.ts'
import type { Scope } from '../di.ts'
import { ControlPlane } from './control-plane.ts'
import { listen, listenFailure } from './data-plane.ts'
import { drain } from './drain.ts'
import type { Start } from './primary.ts'
import type { Running } from './run.ts'

const READING_MS = 1000

/** Both planes in one process: the same parts, no channel between them. */
export async function startSingle(scope: Scope, { config, log }: Start): Promise<Running> {
  const control = controlPlaneOf(scope)
  const data = dataPlaneOf(scope)
  const plane = new ControlPlane(control, config.admin, { workers: () => 1, ready: () => data.directory.ready })
  control.registry.subscribe((update) => data.directory.apply(update))
  const { port: adminPort } = await plane.start()
  const { host, port } = config.server
  const address = await listen(data, config.server).catch((error) => {
    throw new Error(listenFailure(error, host, port))
  })
  const reporting = setInterval(() => plane.metrics.add(data.meter.take()), READING_MS)
  return {
    port: address.port,
    adminPort,
    async drain() {
      plane.startDraining()
      const inTime = await drain(data.listener, config.server.drain)
      if (!inTime) log.warn({}, 'connections were cut at the end of the drain')
      data.upstreams.closeAll()
      clearInterval(reporting)
      await plane.close()
    },
  }
}
