import cluster from 'node:cluster'
import { builtins } from '../builtins.ts'
import { parseConfig } from '../config/index.ts'
import { bindDataPlane, dataPlaneOf } from '../container/data-plane.ts'
import { newScopeWith } from '../container/root.ts'
import type { RegistryUpdate } from '../registry/index.ts'
import { askForDoors } from './doors.ts'
import { drain } from './drain.ts'
import { listen } from './listen.ts'
import { openOutput } from './log.ts'
import { type ToPrimary, type ToWorker, WORKER_OUTPUT_FD, type WorkerStart } from './messages.ts'
import { keepOldGenerationSmall } from './old-generation.ts'

const READING_MS = 1000

/** The data plane of one worker process: told by the primary what to be, what is registered and when to go. */
export function runWorker(): void {
  // A terminal signals the whole process group; the primary decides what that means.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined)
  // The primary is gone, and with it everybody who would hear of it.
  cluster.worker?.on('error', () => process.exit(1))
  let apply: ((message: ToWorker) => void) | undefined
  const early: ToWorker[] = []
  process.on('message', (message: ToWorker) => {
    if (message.type === 'start') {
      serve(message.start).then(
        (handler) => {
          apply = handler
          for (const waiting of early) handler(waiting)
        },
        (error: Error) => fail(error),
      )
    } else if (apply) apply(message)
    else early.push(message)
  })
  tell({ type: 'hello' })
}

async function serve({ file, text, ordinal, ...start }: WorkerStart): Promise<(message: ToWorker) => void> {
  const { config, catalog } = await parseConfig(text, file, { builtins, env: process.env })
  const output = openOutput(config.log, WORKER_OUTPUT_FD)
  const unreachable = (service: string, id: string) => void tell({ type: 'unreachable', service, id })
  const { workers } = config.server
  const ticketSecret = Buffer.from(start.ticketSecret, 'base64')
  const inputs = { config, catalog, ordinal, workers, ticketSecret, unreachable, ...output }
  const data = dataPlaneOf(newScopeWith([bindDataPlane], inputs))
  const report = () => {
    const reading = data.meter.take()
    keepOldGenerationSmall(reading.connections.open)
    return tell({ type: 'reading', reading })
  }
  const learn = (update: RegistryUpdate) => {
    const wasReady = data.directory.ready
    data.directory.apply(update)
    if (!wasReady && data.directory.ready) tell({ type: 'ready' })
  }
  // Between several, whoever hands out connections in turn spreads them evenly. One alone accepts them for much less.
  const alone = workers === 1 && !process.env.NODE_CLUSTER_SCHED_POLICY
  const { port } = await listen(data.listener.server, config.server, alone)
  tell({ type: 'listening', port })
  if (workers === 1) askForDoors(data.listener)
  setInterval(report, READING_MS)

  return function onMessage(message) {
    if (message.type === 'update') learn(message.update)
    if (message.type === 'verdicts') for (const verdict of message.verdicts) data.directory.verdict(...verdict)
    if (message.type === 'explain')
      void tell({ type: 'explained', number: message.number, explanation: data.explain(message.question) })
    if (message.type === 'drain') leave()
  }

  async function leave(): Promise<void> {
    await drain(data, config.server.drain, output.log)
    await report()
    await output.flush()
    process.exit(0)
  }
}

/** Resolves when the message has left this process. */
function tell(message: ToPrimary): Promise<void> {
  return new Promise((sent) => {
    if (process.connected) process.send!(message, () => sent())
    else sent()
  })
}

async function fail({ message }: Error): Promise<never> {
  await tell({ type: 'failed', reason: message })
  process.exit(1)
}
