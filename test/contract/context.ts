import type { Logger, PluginContext } from '../../src/plugin/index.ts'

/** Chance held still at its lowest, real time, relative paths from the working directory, and the warnings kept. */
export function stillContext(warnings: string[] = []): PluginContext {
  const silent = () => {}
  const log: Logger = { debug: silent, info: silent, warn: (_fields, message) => warnings.push(message), error: silent }
  return { log, now: () => performance.now(), random: () => 0, directory: process.cwd(), ordinal: 0 }
}
