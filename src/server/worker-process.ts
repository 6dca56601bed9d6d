import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'

/** A worker from its first moment on, when nobody knows yet what it is to be. */
export interface WorkerProcess {
  readonly worker: Worker
  /** Resolves when its code is loaded and it waits to be told; never, if it dies before. */
  readonly loaded: Promise<unknown>
}

/** It ends with this process at the latest. */
export function forkWorker(): WorkerProcess {
  if (!cluster.settings.exec) prepare()
  const worker = cluster.fork()
  worker.on('error', () => undefined) // a message to a worker that has just died
  return { worker, loaded: new Promise((hello) => worker.once('message', hello)) }
}

function prepare(): void {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  // Not `./`: bundled, this is elsewhere, beside its folder.
  const exec = fileURLToPath(new URL(`../server/worker-main.${extension}`, import.meta.url))
  cluster.setupPrimary({ exec, args: [] })
  // One that is still starting would complain of a first process that is gone.
  process.once('exit', () => {
    for (const worker of Object.values(cluster.workers ?? {})) if (worker) kill(worker)
  })
}

export function kill(worker: Worker): void {
  worker.process.kill('SIGKILL')
}
