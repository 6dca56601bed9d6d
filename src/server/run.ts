import { headline, type ParseOptions, parseConfig, readConfig } from '../config/index.ts'
import { newGatewayScope } from '../container.ts'
import { openOutput } from './log.ts'
import { startCluster } from './primary.ts'
import type { Running } from './running.ts'
import { startSingle } from './single.ts'

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
  const scope = newGatewayScope({ config, catalog, ...output })
  const start = config.server.workers === 0 ? startSingle : startCluster
  const running = await start(scope, { config, text, log })
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
