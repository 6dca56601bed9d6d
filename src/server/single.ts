import { controlPlaneOf, dataPlaneOf, newGatewayScope } from '../container.ts'
import { ControlPlane } from './control-plane.ts'
import { drain } from './drain.ts'
import { listen } from './listen.ts'
import { keepOldGenerationSmall } from './old-generation.ts'
import type { Running, Start } from './running.ts'

const READING_MS = 1000

/** Both planes in one process: the same parts, no channel between them. */
export async function startSingle({ config, log, ...rest }: Start): Promise<Running> {
  const scope = newGatewayScope({ config, log, ...rest })
  const planes = controlPlaneOf(scope)
  const { registry, prober } = planes
  const data = dataPlaneOf(scope)
  const control = new ControlPlane(planes, config.admin, {
    workers: () => 1,
    ready: () => data.directory.ready,
    explain: async (question) => data.explain(question),
  })
  registry.subscribe((update) => data.directory.apply(update))
  prober.subscribe((verdict) => data.directory.verdict(...verdict))
  const { port: adminPort } = await control.start()
  const { port } = await listen(data.listener.server, config.server)
  const reporting = setInterval(() => {
    const reading = data.meter.take()
    keepOldGenerationSmall(reading.connections.open)
    control.hear(0, reading)
  }, READING_MS)
  return {
    port,
    adminPort,
    async drain() {
      control.startDraining()
      await drain(data, config.server.drain, log)
      clearInterval(reporting)
      await control.close()
    },
  }
}
