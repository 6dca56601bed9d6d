import { randomBytes } from 'node:crypto'
import type { ToPrimary } from './messages.ts'
import type { Running, Start } from './running.ts'
import { Supervisor } from './supervisor.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What a worker gets on top of its drain to end by itself. */
const KILL_AFTER_MS = 5000

/**
 * Control plane here, data planes in workers. Each worker begins with the full view and then hears of changes only.
 *
 * @param ahead becomes the first of them
 */
export async function startCluster(start: Start, ahead?: WorkerProcess): Promise<Running> {
  const { config, text, log } = start
  const { acceptGraceMs, timeoutMs } = config.server.drain
  const firstOrdinal = Math.floor(Math.random() * 2 ** 16)
  const ticketSecret = randomBytes(32).toString('base64')
  const supervisor = new Supervisor({
    count: config.server.workers,
    log,
    ahead,
    startOf: (slot) => ({ file: config.file, text, ordinal: firstOrdinal + slot, ticketSecret }),
  })
  const listening = supervisor.start()
  const opening = openControlPlane(start, supervisor)
  const [control, port] = await Promise.all([opening, listening])
  return {
    port,
    adminPort: control.port,
    async drain() {
      control.startDraining()
      await supervisor.drain(acceptGraceMs + timeoutMs + KILL_AFTER_MS)
      await control.close()
    },
  }
}

/** Its code is loaded here, not before the workers have been started: they have more to load, and may have a core of their own. */
async function openControlPlane(start: Start, supervisor: Supervisor) {
  const [{ bindControlPlane, controlPlaneOf }, { newScopeWith }, { ControlPlane }] = await Promise.all([
    import('../container/control-plane.ts'),
    import('../container/root.ts'),
    import('./control-plane.ts'),
  ])
  const planes = controlPlaneOf(newScopeWith([bindControlPlane], start))
  const { registry, prober } = planes
  const control = new ControlPlane(planes, start.config.admin, {
    workers: () => supervisor.listening,
    ready: () => supervisor.ready,
    explain: (question) => supervisor.explain(question),
  })
  registry.subscribe((update) => supervisor.tell(update))
  prober.subscribe((verdict) => supervisor.tellVerdict(verdict))
  supervisor.attach({
    table: () => registry.updates(),
    complete: () => registry.complete,
    verdicts: () => prober.verdicts(),
    onMessage(slot: number, message: ToPrimary) {
      if (message.type === 'reading') control.hear(slot, message.reading)
      if (message.type === 'unreachable') registry.unreachable(message.service, message.id)
    },
    onReplaced: (slot) => control.workerDied(slot),
  })
  const { port } = await control.start()
  return { port, startDraining: () => control.startDraining(), close: () => control.close() }
}
