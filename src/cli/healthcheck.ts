import { loadConfig } from '../config/index.ts'
import { adminAddress, askAdmin } from './admin-port.ts'
import { type Console, ExitCode } from './console.ts'

/** Asks the running gateway's `/healthz`, as an image's HEALTHCHECK does. */
export async function healthcheck(file: string, console: Console): Promise<number> {
  const { config } = await loadConfig(file, console)
  try {
    const response = await askAdmin(config.admin, '/healthz')
    if (response.ok) return ExitCode.ok
    console.stderr.write(`portolan: the admin port answers ${response.status}\n`)
  } catch (error) {
    const reason = (error as Error).message
    console.stderr.write(`portolan: no answer from the admin port ${adminAddress(config.admin)}: ${reason}\n`)
  }
  return ExitCode.failure
}
