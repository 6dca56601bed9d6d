import { headline, type ParseOptions, parseConfig } from '../config/index.ts'
import { openOutput } from './log.ts'
import type { Running, Start } from './running.ts'
import { kill, type WorkerProcess } from './worker-process.ts'

/**
 * Starts what the text of a configuration file describes.
 *
 * @param ahead a worker that runs already: the first one, if there are to be any
 * @throws ConfigError when the text is wrong, Error when a port cannot be opened
 */
export async function start(
  text: string,
  file: string,
  parsing: ParseOptions,
  ahead: WorkerProcess | undefined,
): Promise<Running> {
  const { config, catalog, warnings } = await parseConfig(text, file, { ...parsing, files: true })
  const output = openOutput(config.log)
  const { log } = output
  for (const warning of warnings) log.warn({}, headline(warning))
  const running = await startPlanes({ config, catalog, text, ...output }, ahead)
  const { host, workers } = config.server
  log.info(
    { host, port: running.port, workers, registry: config.registry.map(({ name }) => name).join() },
    'the gateway listens',
  )
  log.info({ host: config.admin.host, port: running.adminPort }, 'the admin port listens')
  return {
    port: running.port,
    adminPort: running.adminPort,
    async drain() {
      log.info({}, 'draining')
      await running.drain()
      log.info({}, 'drained')
      await output.flush()
    },
  }
}

/** Loads no more of the gateway than this process will run. */
async function startPlanes(from: Start, ahead: WorkerProcess | undefined): Promise<Running> {
  if (from.config.server.workers === 0) {
    if (ahead) kill(ahead.worker)
    const { startSingle } = await import('./single.ts')
    return startSingle(from)
  }
  const { startCluster } = await import('./primary.ts')
  return startCluster(from, ahead)
}
