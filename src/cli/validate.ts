import { loadConfig } from '../config/load.ts'
import { ConfigError, headline } from '../config/problems.ts'
import type { GatewayConfig } from '../config/types.ts'
import { type Console, ExitCode } from './console.ts'

/** Checks a configuration as `run` would, without running it: prints a summary, or everything that is wrong. */
export async function validate(
  file: string,
  console: Console,
  { json = false }: { readonly json?: boolean } = {},
): Promise<number> {
  try {
    const { config, warnings } = await loadConfig(file, { ...console, files: true })
    for (const warning of warnings) console.stderr.write(`warning: ${headline(warning)}\n`)
    console.stdout.write(json ? `${JSON.stringify({ ok: true, problems: [] })}\n` : `${file}: ok; ${summary(config)}\n`)
    return ExitCode.ok
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (json) console.stdout.write(`${JSON.stringify({ ok: false, problems: error.problems }, null, 2)}\n`)
    else console.stderr.write(`${error.format()}\n`)
    return ExitCode.config
  }
}

function summary({ registry, routing, balancing, services, plugins }: GatewayConfig): string {
  const parts = [
    `registry ${registry.map(({ type }) => type).join(', ')}`,
    `routing ${routing.map(({ mode }) => mode).join(', ')}`,
    `balancing ${balancing.type}`,
    services.size > 0 && `${services.size} ${services.size === 1 ? 'service' : 'services'} with settings`,
    plugins.length > 0 && `${plugins.length} plugin ${plugins.length === 1 ? 'module' : 'modules'}`,
  ]
  return parts.filter(Boolean).join('; ')
}
