import { loadConfig } from '../config/index.ts'
import { type Console, ExitCode } from './console.ts'

const TIMEOUT_MS = 3000

/** Asks the running gateway's `/healthz`, as an image's HEALTHCHECK does. */
export async function healthcheck(file: string, console: Console): Promise<number> {
  const { config } = await loadConfig(file, console)
  const { host, port } = config.admin
  const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  try {
    const response = await fetch(`http://${address}:${port}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok) return ExitCode.ok
    console.stderr.write(`portolan: the admin port answers ${response.status}\n`)
  } catch (error) {
    console.stderr.write(`portolan: no answer from the admin port ${address}:${port}: ${(error as Error).message}\n`)
  }
  return ExitCode.failure
}
