import type { Plugin, Schema, SchemaIssue, SchemaResult } from '../plugin/index.ts'
import { type Finding, findings } from './issues.ts'
import { shown, wording } from './wording.ts'

export type Checked =
  | { readonly value: unknown; readonly findings?: undefined }
  | { readonly value?: undefined; readonly findings: readonly Finding[] }

/** Turns the options in the file into what the plugin's `create` takes, or into what is wrong with them. */
export async function checkOptions(plugin: Plugin, written: unknown): Promise<Checked> {
  const options = written ?? {}
  if (typeof options !== 'object' || Array.isArray(options)) return wrong(`expected a mapping, got ${shown(options)}`)
  if (!plugin.options) return withoutOptions(plugin, options)
  try {
    const result = await validate(plugin.options, options)
    return result.issues ? { findings: findings(result.issues) } : { value: result.value }
  } catch (error) {
    return wrong(`the plugin failed to check its options: ${(error as Error).message}`)
  }
}

const wrong = (message: string): Checked => ({ findings: [{ path: [], message, spot: 'value' }] })

function withoutOptions(plugin: Plugin, options: object): Checked {
  const message = `${plugin.kind} "${plugin.name}" takes no options`
  const extra = Object.keys(options).map((key): Finding => ({ path: [key], message, spot: 'key' }))
  return extra.length > 0 ? { findings: extra } : { value: undefined }
}

interface ZodLike {
  safeParseAsync(value: unknown, context: { error: typeof wording }): Promise<ZodResult>
}

type ZodResult = { success: true; data: unknown } | { success: false; error: { issues: readonly SchemaIssue[] } }

/** zod takes wording per call, so its schemas speak the language of the rest of the file; others speak their own. */
async function validate(schema: Schema<unknown>, value: unknown): Promise<SchemaResult<unknown>> {
  const zod = schema as Partial<ZodLike>
  if (schema['~standard'].vendor !== 'zod' || !zod.safeParseAsync) return schema['~standard'].validate(value)
  const result = await zod.safeParseAsync(value, { error: wording })
  return result.success ? { value: result.data } : { issues: result.error.issues }
}

export type JsonSchema = { [key: string]: unknown; properties?: Record<string, unknown> }

/** https://standardschema.dev/json-schema; undefined when the library does not offer it or cannot say it. */
export function optionsJsonSchema(schema: Schema<unknown>): JsonSchema | undefined {
  const standard = schema['~standard'] as {
    jsonSchema?: { input?: (options: { target: string }) => JsonSchema }
  }
  try {
    return standard.jsonSchema?.input?.({ target: 'draft-07' })
  } catch {
    return undefined
  }
}
