type Schema = Record<string, unknown>
type Rule = (wanted: never, value: unknown, at: string, root: Schema, schema: Schema) => string[]

/**
 * The keywords of JSON Schema draft-07 that the schema of the configuration uses: what is wrong with `value`, as
 * `path: keyword`.
 *
 * @throws Error at a keyword that it does not know, so that none passes unseen
 */
export function violations(schema: Schema, value: unknown, at = '', root = schema): string[] {
  if (typeof schema.$ref === 'string') return violations(resolve(schema.$ref, root), value, at, root)
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    if (NOTES.includes(keyword)) return []
    const rule = rules[keyword]
    if (!rule) throw new Error(`${at}: unknown keyword ${keyword}`)
    return rule(wanted as never, value, at, root, schema)
  })
}

const NOTES = ['$schema', 'title', 'description', 'default', 'definitions', 'then', 'id', '$id']

const rules: Record<string, Rule> = {
  type: (wanted: string | string[], value, at) =>
    when(
      [wanted].flat().some((type) => isType(type, value)),
      at,
      'type',
    ),
  const: (wanted, value, at) => when(wanted === value, at, 'const'),
  enum: (wanted: unknown[], value, at) => when(wanted.includes(value), at, 'enum'),
  pattern: (wanted: string, value, at) =>
    when(typeof value !== 'string' || new RegExp(wanted).test(value), at, 'pattern'),
  minLength: (wanted: number, value, at) => when(typeof value !== 'string' || value.length >= wanted, at, 'minLength'),
  minimum: (wanted: number, value, at) => when(typeof value !== 'number' || value >= wanted, at, 'minimum'),
  maximum: (wanted: number, value, at) => when(typeof value !== 'number' || value <= wanted, at, 'maximum'),
  minItems: (wanted: number, value, at) => when(!Array.isArray(value) || value.length >= wanted, at, 'minItems'),
  maxProperties: (wanted: number, value, at) => when(Object.keys(fields(value)).length <= wanted, at, 'maxProperties'),
  required: (wanted: string[], value, at) =>
    wanted.flatMap((key) => when(!isType('object', value) || key in fields(value), `${at}/${key}`, 'required')),
  items: (wanted: Schema, value, at, root) =>
    (Array.isArray(value) ? value : []).flatMap((item, index) => violations(wanted, item, `${at}/${index}`, root)),
  properties: (wanted: Record<string, Schema>, value, at, root) =>
    Object.entries(fields(value)).flatMap(([key, inner]) =>
      wanted[key] ? violations(wanted[key], inner, `${at}/${key}`, root) : [],
    ),
  additionalProperties: (wanted: Schema | false, value, at, root, { properties }) =>
    Object.entries(fields(value)).flatMap(([key, inner]) => {
      if (key in ((properties as object | undefined) ?? {})) return []
      return wanted ? violations(wanted, inner, `${at}/${key}`, root) : [`${at}/${key}: additionalProperties`]
    }),
  propertyNames: (wanted: Schema, value, at, root) =>
    Object.keys(fields(value)).flatMap((key) => violations(wanted, key, `${at}/${key}`, root)),
  anyOf: (wanted: Schema[], value, at, root) => {
    const all = wanted.map((schema) => violations(schema, value, at, root))
    return all.some((found) => found.length === 0) ? [] : all.sort((a, b) => deepest(b) - deepest(a))[0]!
  },
  allOf: (wanted: Schema[], value, at, root) => wanted.flatMap((schema) => violations(schema, value, at, root)),
  if: (wanted: Schema, value, at, root, { then }) =>
    violations(wanted, value, at, root).length === 0 ? violations(then as Schema, value, at, root) : [],
}

const when = (right: boolean, at: string, keyword: string) => (right ? [] : [`${at}: ${keyword}`])
const deepest = (found: string[]) => Math.max(...found.map((line) => line.split('/').length))
const fields = (value: unknown) => (isType('object', value) ? (value as Record<string, unknown>) : {})

function isType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function resolve(ref: string, root: Schema): Schema {
  const steps = ref.replace(/^#\//, '').split('/')
  return steps.reduce((schema, step) => schema[step] as Schema, root)
}
