import { randomBytes } from 'node:crypto'
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
  const planes = controlPlaneOf(scope)
  const { registry, prober } = planes
  const { acceptGraceMs, timeoutMs } = config.server.drain
  const firstOrdinal = Math.floor(Math.random() * 2 ** 16)
  const ticketSecret = randomBytes(32).toString('base64')
  const supervisor = new Supervisor({
    count: config.server.workers,
    log,
    startOf: (slot) => ({ file: config.file, text, ordinal: firstOrdinal + slot, ticketSecret }),
    table: () => registry.updates(),
    complete: () => registry.complete,
    verdicts: () => prober.verdicts(),
    onMessage: hear,
    onReplaced: (slot) => control.workerDied(slot),
  })
  const control = new ControlPlane(planes, config.admin, {
    workers: () => supervisor.listening,
    ready: () => supervisor.ready,
    explain: (question) => supervisor.explain(question),
  })
  registry.subscribe((update) => supervisor.tell(update))
  prober.subscribe((verdict) => supervisor.tellVerdict(verdict))
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

  function hear(slot: number, message: ToPrimary): void {
    if (message.type === 'reading') control.hear(slot, message.reading)
    if (message.type === 'unreachable') registry.unreachable(message.service, message.id)
  }
}
