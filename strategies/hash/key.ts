import { z } from 'zod'
import { cookieOf, type PickContext } from '../../src/plugin/index.ts'

const name = () => z.string().min(1)

/** Which part of a request goes to the same instance. */
export const keySchema = z.union([
  z.enum(['client', 'path']),
  z
    .strictObject({ header: name().toLowerCase(), cookie: name(), query: name() })
    .partial()
    .refine((named) => Object.keys(named).length === 1, 'must be one of header, cookie, query'),
])

export type Key = z.output<typeof keySchema>

/** Reads the key of a request; undefined or empty when it has none. */
export function keyOf(key: Key): (context: PickContext) => string | undefined {
  if (key === 'client') return ({ clientAddress }) => clientAddress
  if (key === 'path') return ({ path }) => pathOf(path)
  const { header, cookie, query } = key
  if (header !== undefined) return (context) => context.header(header)
  if (cookie !== undefined) return (context) => cookieOf(context.header('cookie'), cookie)
  return ({ path }) => parameterOf(path, query!)
}

function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

/** As it is written, escapes and all. */
function parameterOf(target: string, name: string): string | undefined {
  const query = target.indexOf('?')
  if (query === -1) return undefined
  for (let at = target.indexOf(name, query); at !== -1; at = target.indexOf(name, at + 1)) {
    const from = at + name.length
    if (target[from] !== '=' || (target[at - 1] !== '&' && at - 1 !== query)) continue
    const to = target.indexOf('&', from)
    return target.slice(from + 1, to === -1 ? undefined : to)
  }
  return undefined
}
