import { headline, type ParseOptions, parseConfig, readConfig } from '../config/index.ts'
import { openOutput } from './log.ts'
import type { Running, Start } from './running.ts'

/**
 * Starts what a configuration file describes.
 *
 * @throws ConfigError when the file is wrong, Error when a port cannot be opened
 */
export async function run(file: string, parsing: ParseOptions): Promise<Running> {
  const text = await readConfig(file)
  const { config, catalog, warnings } = await parseConfig(text, file, { ...parsing, files: true })
  const output = openOutput(config.log)
  const { log } = output
  for (const warning of warnings) log.warn({}, headline(warning))
  const running = await start({ config, catalog, text, ...output })
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
      output.flush()
    },
  }
}

/** Loads no more of the gateway than this process will run. */
async function start(from: Start): Promise<Running> {
  if (from.config.server.workers === 0) {
    const { startSingle } = await import('./single.ts')
    return startSingle(from)
  }
  const { startCluster } = await import('./primary.ts')
  return startCluster(from)
}
