import { ConfigError } from '../config/index.ts'
import { address, type Instance, instance, isServiceName, type Logger, SERVICE_NAME } from '../plugin/index.ts'
import { register as announce } from '../registration.ts'
import { type Console, ExitCode } from './console.ts'
import { stopSignal } from './stop-signal.ts'

/** As they were written. */
export interface RegisterFlags {
  readonly weight?: string
  readonly zone?: string
  readonly tls?: boolean
  readonly status?: Instance['status']
  readonly meta?: readonly string[]
  readonly layout?: string
  readonly registry?: string
  readonly json?: boolean
}

/** Holds a registration until SIGTERM or SIGINT, then takes it back, and waits for that; a second signal ends at once. */
export async function register(
  file: string,
  service: string,
  where: string,
  flags: RegisterFlags,
  { stdout, stderr, env }: Console,
): Promise<number> {
  const complain = (message: string) => stderr.write(`portolan: ${message}\n`)
  const announced = instanceOf(service, where, flags)
  if (typeof announced === 'string') {
    complain(announced)
    return ExitCode.usage
  }
  const tell = (event: string) => stdout.write(`${line(event, service, announced, flags.json ?? false)}\n`)
  let times = 0
  const log: Logger = {
    debug() {},
    info: () => tell(times++ === 0 ? 'registered' : 'registered again'),
    warn: (_fields, message) => complain(message),
    error() {},
  }
  const stopping = new AbortController()
  const stopped = stopSignal().then(() => stopping.abort())
  try {
    const registration = await announce(file, service, announced, {
      registry: flags.registry,
      log,
      env,
      signal: stopping.signal,
    })
    await Promise.race([stopped, registration.failed])
    await registration.close()
    tell('deregistered')
    return ExitCode.ok
  } catch (error) {
    // A stop before it was registered: there is nothing more to say.
    if (stopping.signal.aborted) return ExitCode.ok
    if (error instanceof ConfigError) stderr.write(`${error.format()}\n`)
    else complain((error as Error).message)
    return error instanceof ConfigError ? ExitCode.config : ExitCode.failure
  }
}

/** Or what is wrong with what was written. */
function instanceOf(service: string, where: string, flags: RegisterFlags): Instance | string {
  const { weight, zone, tls = false, status = 'up', meta = [], layout } = flags
  if (!isServiceName(service)) return `${JSON.stringify(service)} is not a service name (${SERVICE_NAME.source})`
  if (weight !== undefined && !/^\d+(\.\d+)?$/.test(weight)) return `--weight ${JSON.stringify(weight)} is not a number`
  const unpaired = meta.find((pair) => !/^[^=]+=/.test(pair))
  if (unpaired !== undefined) return `--meta ${JSON.stringify(unpaired)} is not a pair; write "version=3"`
  const metadata = Object.fromEntries(
    meta.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  try {
    return instance({
      ...address(where),
      tls,
      status,
      metadata,
      ...(weight !== undefined && { weight: Number(weight) }),
      ...(zone !== undefined && { zone }),
      ...(layout !== undefined && { layout }),
    })
  } catch (error) {
    return (error as Error).message
  }
}

function line(event: string, service: string, { id }: Instance, json: boolean): string {
  return json
    ? JSON.stringify({ event, service, instance: id, time: new Date().toISOString() })
    : `${event} ${service} ${id}`
}
