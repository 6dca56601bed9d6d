import type { Env } from '../config/interpolate.ts'
import { readConfig } from '../config/read.ts'
import type { Running } from './running.ts'
import { forkWorker } from './worker-process.ts'

/** A guess, in time for the text to be taken apart while a worker loads its code: when it is wrong, that only takes longer. */
const NO_WORKERS = /\bworkers\W+0\b/

/**
 * Starts what a configuration file describes. A worker is begun before anything else is loaded: it has the most to load, and may have
 * a core of its own.
 *
 * @throws ConfigError when the file is wrong, Error when a port cannot be opened
 */
export async function run(file: string, env: Env): Promise<Running> {
  const text = await readConfig(file)
  const ahead = NO_WORKERS.test(text) ? undefined : forkWorker()
  const [{ builtins }, { start }] = await Promise.all([import('../builtins.ts'), import('./start.ts')])
  return start(text, file, { builtins, env }, ahead)
}
