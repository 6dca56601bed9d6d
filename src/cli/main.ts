#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { ConfigError } from '../config/problems.ts'
import { type Console, ExitCode } from './console.ts'
import type { ExplainFlags } from './explain.ts'
import type { RegisterFlags } from './register.ts'
import type { ServicesOptions } from './services.ts'

const ENDED_BY_SIGNAL: ReadonlySet<string | undefined> = new Set(['run', 'register'])
const DEFAULT_FILES = ['gateway.yaml', 'config/gateway.yaml']
const FILE_HELP = `the configuration (default: ${DEFAULT_FILES.join(', then ')})`

// A reader that is gone costs lines, not the work that they tell of.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
process.exitCode = await main(process.argv, { stdout: process.stdout, stderr: process.stderr, env: process.env })
// What a verb has printed leaves before the end, however slowly it is read; one that is stopped does not wait for the reader of its log.
if (!ENDED_BY_SIGNAL.has(process.argv[2])) await Promise.all([process.stdout, process.stderr].map(written))
// A verb that has ended leaves nothing that must still run: no open handle holds the process.
process.exit()

/** A verb's module is loaded when it is asked for, and so is what it works with: `run` needs little before its worker runs. */
async function main(argv: readonly string[], own: Omit<Console, 'builtins'>): Promise<number> {
  let code: number = ExitCode.ok
  const whole = async (): Promise<Console> => ({ ...own, builtins: (await import('../builtins.ts')).builtins })
  const program = new Command('portolan')
    .description('A registry-agnostic service gateway.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => own.stdout.write(text), writeErr: (text) => own.stderr.write(text) })
  const verb = (name: string, description: string) => program.command(name).description(description).exitOverride()

  verb('run', 'serve until SIGTERM or SIGINT, then drain')
    .argument('[config]', FILE_HELP)
    .action(async (file?: string) => {
      const { run } = await import('./run.ts')
      code = await run(file ?? defaultFile(), own)
    })
  verb('validate', 'check a configuration: exit code 0, or 78 with all that is wrong')
    .argument('[config]', FILE_HELP)
    .option('--json', 'print the problems as JSON')
    .action(async (file: string | undefined, options: { json?: boolean }) => {
      const { validate } = await import('./validate.ts')
      code = await validate(file ?? defaultFile(), await whole(), options)
    })
  verb('register', 'hold a registration of an instance until SIGTERM or SIGINT, then take it back')
    .argument('<service>', 'what clients ask for')
    .argument('<host:port>', 'where the instance is')
    .option('--config <file>', FILE_HELP)
    .option('--registry <name>', 'which of its registries (default: the first that can register)')
    .option('--weight <number>', 'its share of the load; others have 1')
    .option('--zone <zone>')
    .option('--tls', 'it is called with TLS')
    .addOption(new Option('--status <status>').choices(['up', 'draining', 'down']))
    .option('--meta <key=value>', 'metadata; may be repeated', collect)
    .option(
      '--layout <layout>',
      'the form, where a registry knows several, such as registrator or curator in ZooKeeper',
    )
    .option('--json', 'print lines of JSON')
    .action(async (service: string, where: string, { config, ...flags }: RegisterFlags & { config?: string }) => {
      const { register } = await import('./register.ts')
      code = await register(config ?? defaultFile(), service, where, flags, await whole())
    })
  verb('schema', 'print the JSON Schema of the configuration, for editors')
    .argument('[config]', 'with the options of the plugins that this file names')
    .action(async (file?: string) => {
      const { schema } = await import('./schema.ts')
      code = await schema(file, await whole())
    })
  verb('services', 'show what the registry holds, and the layout that each instance was recognised by')
    .argument('[config]', FILE_HELP)
    .option('--json', 'print it as JSON, with --watch one line a change')
    .option('--watch', 'go on and print what changes')
    .action(async (file: string | undefined, options: ServicesOptions) => {
      const { services } = await import('./services.ts')
      code = await services(file ?? defaultFile(), await whole(), options)
    })
  verb('explain', 'say where a request would go and why, without sending it')
    .argument('<[config] method url...>', `${FILE_HELP}; GET, and a path such as /services/orders/ or a whole URL`)
    .option('-H, --header <field>', "'name: value'; may be repeated", collect)
    .option('--client <address>', 'where the request comes from (default: 127.0.0.1)')
    .option('--tried <instance>', 'an instance that was asked before, in vain; may be repeated', collect)
    .option('--json', 'print it as JSON')
    .action(async (words: string[], flags: ExplainFlags) => {
      const [url, method, file] = words.toReversed()
      if (url === undefined || method === undefined || words.length > 3)
        program.error('error: explain takes a method and a URL, after the configuration if it is not the default one')
      const { explain } = await import('./explain.ts')
      code = await explain(file ?? defaultFile(), method!, url!, flags, await whole())
    })
  for (const [name, description] of [
    ['drain', 'give an instance no new work, until it is undrained or registers anew; its requests may end'],
    ['undrain', 'give a drained instance work again'],
  ] as const)
    verb(name, description)
      .argument('<service>', 'what clients ask for')
      .argument('<instance>', 'its id, as `services --json` shows it: HOST:PORT unless its registry has another')
      .option('--config <file>', FILE_HELP)
      .option('--json', 'print JSON')
      .action(async (service: string, id: string, options: { config?: string; json?: boolean }) => {
        const { drain } = await import('./drain.ts')
        code = await drain(name, options.config ?? defaultFile(), service, id, options, await whole())
      })
  verb('healthcheck', "ask the running gateway's admin port whether it is alive: exit code 0 or 1")
    .argument('[config]', FILE_HELP)
    .action(async (file?: string) => {
      const { healthcheck } = await import('./healthcheck.ts')
      code = await healthcheck(file ?? defaultFile(), await whole())
    })

  try {
    await program.parseAsync(argv as string[])
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
    own.stderr.write(error instanceof ConfigError ? `${error.format()}\n` : `portolan: ${(error as Error).stack}\n`)
    return error instanceof ConfigError ? ExitCode.config : ExitCode.failure
  }
}

function written(output: NodeJS.WriteStream): Promise<unknown> {
  return new Promise((done) => output.write('', done))
}

function defaultFile(): string {
  return DEFAULT_FILES.find((file) => existsSync(file)) ?? DEFAULT_FILES[0]!
}

function version(): string {
  // From src/cli and from dist/src/cli alike.
  const manifest = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url))
  return manifest ? JSON.parse(readFileSync(manifest, 'utf8')).version : 'unknown'
}

/** An option that may be repeated. */
function collect(one: string, all: readonly string[] = []): string[] {
  return [...all, one]
}
