import { Catalog } from '../catalog/catalog.ts'
import { renderSchema } from '../config/json-schema.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { type Console, ExitCode } from './console.ts'

/** Prints the JSON Schema of the configuration file; given a file, with the options of the plugins that it names. */
export async function schema(file: string | undefined, console: Console): Promise<number> {
  try {
    const catalog = file === undefined ? new Catalog(console.builtins) : (await loadConfig(file, console)).catalog
    console.stdout.write(renderSchema(catalog))
    return ExitCode.ok
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.stderr.write(`${error.format()}\n`)
    return ExitCode.config
  }
}
