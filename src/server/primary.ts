import { controlPlaneOf } from '../container.ts'
import type { Scope } from '../di.ts'
import { ControlPlane } from './control-plane.ts'
import type { ToPrimary } from './messages.ts'
import type { Running, Start } from './running.ts'
import { Supervisor } from './supervisor.ts'

/** What a worker gets on top of its drain to end by itself. */
const KILL_AFTER_MS = 5000

/** Control plane here, data planes in workers. Each worker begins with the full view and then hears of changes only. */
export async function startCluster(scope: Scope, { config, text, log }: Start): Promise<Running> {
  const { registry } = controlPlaneOf(scope)
  const { acceptGraceMs, timeoutMs } = config.server.drain
  const firstOrdinal = Math.floor(Math.random() * 2 ** 16)
  const supervisor = new Supervisor({
    count: config.server.workers,
    log,
    startOf: (slot) => ({ file: config.file, text, ordinal: firstOrdinal + slot }),
    table: () => registry.updates(),
    complete: () => registry.complete,
    onMessage: hear,
    onReplaced: () => control.metrics.workerRestarted(),
  })
  const control = new ControlPlane(registry, config.admin, {
    workers: () => supervisor.listening,
    ready: () => supervisor.ready,
    explain: (question) => supervisor.explain(question),
  })
  registry.subscribe((update) => supervisor.tell(update))
  const { port: adminPort } = await control.start()
  const port = await supervisor.start()
  return {
    port,
    adminPort,
    async drain() {
      control.startDraining()
      await supervisor.drain(acceptGraceMs + timeoutMs + KILL_AFTER_MS)
      await control.close()
    },
  }

  function hear(message: ToPrimary): void {
    if (message.type === 'reading') control.metrics.add(message.reading)
    if (message.type === 'unreachable') registry.unreachable(message.service, message.id)
  }
}
