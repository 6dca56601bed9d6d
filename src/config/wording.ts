import type { z } from 'zod'
import { nearest, unknown } from '../catalog/suggest.ts'

type RawIssue = z.core.$ZodRawIssue

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  map: 'a mapping',
  null: 'null',
}

/** Says what is wrong in the words of someone who writes YAML. Leaves to zod what it does not know. */
export function wording(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue.keys as string[], keysOf(issue.inst))
    case 'invalid_type':
      return expected([...wanted(issue)], issue.input)
    case 'invalid_value':
      return oneOf(issue.values as unknown[], issue.input)
    case 'invalid_union':
      return issue.discriminator ? discriminator(issue) : expected(branchesOf(issue).flatMap(wanted), issue.input)
    case 'invalid_key':
      return (issue.issues as { message: string }[] | undefined)?.[0]?.message
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : bound('at least', issue.minimum, issue)
    case 'too_big':
      return bound('at most', issue.maximum, issue)
    default:
      return undefined
  }
}

/** One line per key, in the order of the issue's `keys`. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => unknown('key', key, known)).join('\n')
}

function keysOf(schema: unknown): string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape
  return Object.keys(shape ?? {})
}

function expected(wants: readonly string[], input: unknown): string {
  if (input === undefined) return 'is required'
  if (wants.length === 0) return 'is none of what is possible here'
  // The value is not shown: it may be a password of digits alone, out of a variable.
  if (wants.join() === 'text' && isUnquoted(input)) return `expected text, got a ${typeof input}; put it in quotes`
  return `expected ${[...new Set(wants)].join(' or ')}, got ${shown(input)}${unquoting(wants, input)}`
}

const isUnquoted = (input: unknown) => typeof input === 'number' || typeof input === 'boolean'

/** A variable in quotes is text even if it holds a number. */
function unquoting(wants: readonly string[], input: unknown): string {
  if (typeof input !== 'string' || wants.includes('text')) return ''
  const number = input.trim() !== '' && Number.isFinite(Number(input)) && /number/.test(wants.join())
  const boolean = /^(?:true|false)$/i.test(input) && wants.includes('true or false')
  return number || boolean ? '; write it without quotes' : ''
}

function wanted(issue: Partial<RawIssue>): string[] {
  if (issue.code === 'invalid_type') return [NAMES[String(issue.expected)] ?? String(issue.expected)]
  return issue.code === 'invalid_value' ? (issue.values as unknown[]).map((value) => JSON.stringify(value)) : []
}

const branchesOf = (issue: RawIssue) => ((issue.errors ?? []) as Partial<RawIssue>[][]).flat().filter(atTop)
const atTop = ({ path }: Partial<RawIssue>) => !path || path.length === 0

function oneOf(values: readonly unknown[], input: unknown): string {
  if (input === undefined) return 'is required'
  const known = values.map(String)
  const meant = typeof input === 'string' ? nearest(input, known) : undefined
  return `${shown(input)} is not one of ${known.join(', ')}${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}

function discriminator(issue: RawIssue): string {
  const name = String(issue.discriminator)
  const written = (issue.input as Record<string, unknown> | undefined)?.[name]
  const known = ((issue.options ?? []) as unknown[]).map(String)
  if (written === undefined) return `is required; known: ${known.join(', ')}`
  return typeof written === 'string' ? unknown(name, written, known) : oneOf(known, written)
}

function bound(which: string, limit: unknown, { origin, inclusive }: RawIssue): string {
  if (origin === 'array') return `needs ${which} ${limit} ${limit === 1 ? 'entry' : 'entries'}`
  if (origin === 'string') return `must have ${which} ${limit} characters`
  const strict = which === 'at least' ? 'more than' : 'less than'
  return `must be ${inclusive === false ? strict : which} ${limit}`
}

export function shown(input: unknown): string {
  if (input === null) return 'nothing'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'a mapping'
  const text = JSON.stringify(input) ?? String(input)
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text
}
