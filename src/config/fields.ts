import { z } from 'zod'
import { duration, SERVICE_NAME } from '../plugin/index.ts'

/** A value with a place in the editor's completion list. */
export function described<Schema extends z.ZodType>(schema: Schema, description: string): Schema {
  return schema.meta({ description })
}

/** Text that must match `pattern`; `what` completes "... is not". */
export function textLike(pattern: RegExp, what: string) {
  return z.string().regex(pattern, { error: ({ input }) => `${JSON.stringify(input)} is not ${what}` })
}

export const text = () => z.string().min(1)
export const port = () => z.int().min(0).max(65_535)

/** A duration that must be longer than nothing. */
export const wait = () => duration().refine((ms) => ms > 0, 'must be more than 0')

export const SERVICE_NAME_IN_WORDS = 'a service name: letters, digits, ".", "_", ":", "-", at most 128'
export const serviceName = () => textLike(SERVICE_NAME, SERVICE_NAME_IN_WORDS)

export const serviceGlob = () =>
  textLike(/^[A-Za-z0-9._:*?-]{1,128}$/, 'a service name, in which * and ? stand for any')

const token = (what: string) => textLike(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, what) // RFC 9110 section 5.6.2
export const headerName = () => token('a header name')
/** As in an Upgrade field: a name, perhaps with a version. */
export const protocol = () =>
  textLike(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+(\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)?$/, 'a protocol').transform((name) =>
    name.toLowerCase(),
  )
export const method = () => token('a method').transform((name) => name.toUpperCase())

type Kind = 'adapter' | 'strategy' | 'middleware'

const type = (kind: Kind) => described(text(), `The name of ${kind === 'adapter' ? 'an' : 'a'} ${kind}.`)
const options = () => described(z.unknown().optional(), 'What the plugin is set to.')

/** Names a plugin: its name alone, or with options. What the options must be is for the plugin to say. */
function pluginRef(kind: Kind) {
  return z
    .union([type(kind).transform((name) => ({ type: name })), z.strictObject({ type: type(kind), options: options() })])
    .transform((ref): { type: string; options?: unknown } => ref)
    .meta({ id: kind })
}

/** Names an adapter, with settings beside its options that are not the plugin's to know. */
export function adapterRef<Settings extends z.ZodRawShape>(settings: Settings) {
  const whole = z.strictObject({ type: type('adapter'), options: options(), ...settings })
  const short = type('adapter').transform((name) => whole.parse({ type: name }))
  return z.union([short, whole]).meta({ id: 'adapter' })
}

export const strategyRef = pluginRef('strategy')
export const middlewareRef = pluginRef('middleware')
