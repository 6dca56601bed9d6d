import type { StdioOptions } from 'node:child_process'
import cluster, { type Worker } from 'node:cluster'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { WORKER_OUTPUT_FD } from './messages.ts'

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
  relay(worker.process.stdout!, process.stdout)
  relay(worker.process.stderr!, process.stderr)
  worker.on('error', () => undefined) // a message to a worker that has just died
  return { worker, loaded: new Promise((hello) => worker.once('message', hello)) }
}

function prepare(): void {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  // Not `./`: bundled, this is elsewhere, beside its folder.
  const exec = fileURLToPath(new URL(`../server/worker-main.${extension}`, import.meta.url))
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'ipc']
  stdio[WORKER_OUTPUT_FD] = 1
  cluster.setupPrimary({ exec, args: [], stdio })
  // One that is still starting would complain of a first process that is gone.
  process.once('exit', () => {
    for (const worker of Object.values(cluster.workers ?? {})) if (worker) kill(worker)
  })
}

/**
 * What its code prints. With descriptors 1 and 2 of this process Node would make their socket one that blocks, whenever a
 * worker starts or ends: under the hands of whoever writes to it.
 */
function relay(from: Readable, to: Writable): void {
  from.on('data', (chunk: Buffer) => {
    from.pause()
    to.write(chunk, () => from.resume())
  })
}

export function kill(worker: Worker): void {
  worker.process.kill('SIGKILL')
}
