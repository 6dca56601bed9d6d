import { loadConfig } from '../config/index.ts'
import { controlPlaneOf, explainerOf } from '../container.ts'
import type { Explanation, Question } from '../explain/index.ts'
import { answerOf, isRunning } from './admin-port.ts'
import { type Console, ExitCode } from './console.ts'
import { explanationText } from './explain-text.ts'
import { openRegistries } from './registries.ts'

export interface ExplainFlags {
  /** As curl takes them: `name: value`. */
  readonly header?: readonly string[]
  readonly client?: string
  readonly tried?: readonly string[]
  readonly json?: boolean
}

/**
 * Says what would become of a request: as the running gateway decides now, or, where none runs, as one that has just
 * read the registry would. Exit code 1 when no instance would be asked.
 */
export async function explain(
  file: string,
  method: string,
  url: string,
  flags: ExplainFlags,
  console: Console,
): Promise<number> {
  const { stdout, stderr } = console
  const complain = (message: string) => stderr.write(`portolan: ${message}\n`)
  const headers = headersOf(flags.header ?? [])
  if (typeof headers === 'string') {
    complain(headers)
    return ExitCode.usage
  }
  const { client, tried } = flags
  const question = { method, url, headers, ...(client && { clientAddress: client }), ...(tried && { tried }) }
  const loaded = await loadConfig(file, console)
  try {
    const running = await isRunning(loaded.config)
    const explanation = running
      ? await answerOf<Explanation>(loaded.config, '/api/explain', question)
      : await fromRegistries(loaded, question, stderr)
    stdout.write(flags.json ? `${JSON.stringify(explanation)}\n` : explanationText(explanation))
    return explanation.pick ? ExitCode.ok : ExitCode.failure
  } catch (error) {
    complain((error as Error).message)
    return ExitCode.failure
  }
}

/** By lower-case name, or what is wrong. */
function headersOf(lines: readonly string[]): Record<string, string[]> | string {
  const headers: Record<string, string[]> = {}
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined) return `${JSON.stringify(line)} is not a header field; write -H 'name: value'`
    headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value!]
  }
  return headers
}

async function fromRegistries(
  { config, catalog }: Awaited<ReturnType<typeof loadConfig>>,
  question: Question,
  stderr: Console['stderr'],
): Promise<Explanation> {
  const { scope, close } = await openRegistries(config, catalog, stderr)
  const { directory, explain } = explainerOf(scope)
  controlPlaneOf(scope).registry.subscribe((update) => directory.apply(update))
  const explanation = explain(question)
  await close()
  return explanation
}
