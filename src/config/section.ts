import { z } from 'zod'
import { described } from './fields.ts'

type Shape = Readonly<Record<string, z.ZodType>>
type Filled<Fields extends Shape> = { [Key in keyof Fields]: z.ZodPrefault<Fields[Key]> }

/** Two schemas of one mapping: whole, with its defaults, and any part of it, which a service sets over that. */
export function section<Fields extends Shape, Inner extends Shape = Record<never, never>>(
  fields: Fields,
  presets: { readonly [Key in keyof Fields]?: unknown },
  inner: Inner = {} as Inner,
) {
  const preset = ([name, field]: [string, z.ZodType]) => [name, name in presets ? field.prefault(presets[name]) : field]
  const meant = ([name, field]: [string, z.ZodType]) => [name, described(field, fields[name]!.description!)]
  const filled = Object.fromEntries(Object.entries(fields).map(preset)) as Filled<Fields>
  const parts = Object.fromEntries(Object.entries(inner).map(meant)) as Inner
  return { whole: z.strictObject(filled), overrides: z.strictObject({ ...fields, ...parts }).partial() }
}
