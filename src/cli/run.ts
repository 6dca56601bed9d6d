import { ConfigError } from '../config/problems.ts'
import { run as start } from '../server/run.ts'
import { type Console, ExitCode } from './console.ts'
import { stopSignal } from './stop-signal.ts'

/** Serves until SIGTERM or SIGINT, then drains; a second signal ends at once. Returns only when serving has ended. */
export async function run(file: string, { env, stderr }: Omit<Console, 'builtins'>): Promise<number> {
  const stop = stopSignal()
  try {
    const running = await Promise.race([start(file, env), stop])
    // A stop before it serves: there is nothing to drain.
    if (!running) return ExitCode.ok
    await stop
    await running.drain()
    return ExitCode.ok
  } catch (error) {
    stderr.write(error instanceof ConfigError ? `${error.format()}\n` : `portolan: ${(error as Error).message}\n`)
    return error instanceof ConfigError ? ExitCode.config : ExitCode.failure
  }
}
