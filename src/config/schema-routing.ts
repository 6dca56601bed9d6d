import { z } from 'zod'
import { defaults } from './defaults.ts'
import { described, headerName, method, middlewareRef, serviceName, textLike } from './fields.ts'

const PATH = 'a path: it starts with "/" and has no "?", "#" or space'
const pathPattern = () => textLike(/^\/[^*?#\s]*$|^\/(?:[^*?#\s]*\/)?\*$/, `${PATH}; a "*" only as the final "/*"`)
const rewrite = () => textLike(/^\/[^*?#\s]*\*?$/, `${PATH}; a "*" only at the end`)
const prefix = () => textLike(/^(?:\/[^/*?#\s]+)*\/?$/, PATH).transform((path) => path.replace(/\/$/, ''))
const HOST = /^(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$|^\[[0-9A-Fa-f:.]+\]$/
const host = () => textLike(HOST, 'a host name; a "*" only as the first label').transform((name) => name.toLowerCase())

const lowerName = () => headerName().transform((name) => name.toLowerCase())

const headersRouting = z
  .strictObject({
    mode: described(z.literal('headers'), 'Headers name the service and the path.'),
    service: described(lowerName(), 'The header that names the service.').prefault(defaults.headersRouting.service),
    api: described(lowerName(), 'The header that holds the path and query.').prefault(defaults.headersRouting.api),
  })
  .refine(({ service, api }) => service !== api, { path: ['api'], message: 'is the header that names the service' })

const pathRouting = z.strictObject({
  mode: described(z.literal('path'), 'The path begins with a prefix and the name of the service.'),
  prefix: described(prefix(), 'What stands before the name of the service.').prefault(defaults.pathRouting.prefix),
})

const headers = z
  .record(headerName(), z.string())
  .refine((written) => Object.keys(written).length > 0, 'names no header')
  .transform((written, check) => {
    const names = Object.keys(written)
    const lower = names.map((name) => name.toLowerCase())
    const twice = lower.find((name, index) => lower.indexOf(name) !== index)
    if (twice !== undefined) check.addIssue(`"${twice}" is set twice; header names have no case`)
    return Object.fromEntries(names.map((name, index) => [lower[index]!, written[name]!]))
  })

const match = z
  .strictObject({
    path: described(pathPattern().optional(), '"/exact", or "/prefix/*" for the prefix and all below it.'),
    host: described(host().optional(), '"shop.example.com", or "*.example.com".'),
    methods: described(z.array(method()).min(1).optional(), 'One of these methods.'),
    headers: described(headers.optional(), 'All of these headers, each with this exact value; "*" takes any value.'),
  })
  .superRefine((written, check) => {
    const conditions = [written?.path, written?.host, written?.methods, ...Object.keys(written?.headers ?? {})]
    if (check.issues.length === 0 && conditions.every((condition) => condition === undefined))
      check.addIssue('has no condition; write a path, a host, methods or headers')
  })

const split = z
  .array(
    z.strictObject({
      service: described(serviceName(), 'The service that takes this share.'),
      weight: described(z.number().min(0).max(1e6), 'Its share of the requests, relative to the others.'),
    }),
  )
  .min(1)
  .refine((shares) => shares.some(({ weight }) => weight !== 0), 'needs a weight above 0')

const route = z
  .strictObject({
    match: described(match, 'The conditions; a request must meet all of them.'),
    service: described(serviceName().optional(), 'The service that answers.'),
    split: described(split.optional(), 'Several services that share the requests.'),
    stripPrefix: described(prefix().optional(), 'Taken off the front of the path.'),
    rewrite: described(rewrite().optional(), 'Replaces the path; a final "*" is what the "*" of match.path took.'),
    middleware: described(z.array(middlewareRef), 'For this route only.').prefault([]),
  })
  // Also when another key of the route is wrong: one run shows all.
  .superRefine(
    (written, check) => contradictions(written, (path, message) => check.addIssue({ code: 'custom', path, message })),
    {
      when: ({ value }) => typeof value === 'object' && value !== null,
    },
  )

interface WrittenRoute {
  readonly match?: { readonly path?: unknown } | undefined
  readonly service?: unknown
  readonly split?: unknown
  readonly stripPrefix?: unknown
  readonly rewrite?: unknown
}

function contradictions(written: WrittenRoute, report: (path: string[], message: string) => void): void {
  const { match, service, split, stripPrefix, rewrite } = written
  if (service !== undefined && split !== undefined) report(['split'], 'service and split exclude each other')
  if (service === undefined && split === undefined) report([], 'names no service; write "service" or "split"')
  if (stripPrefix !== undefined && rewrite !== undefined)
    report(['rewrite'], 'stripPrefix and rewrite exclude each other')
  if (String(rewrite).endsWith('*') && !String(match?.path).endsWith('*'))
    report(['rewrite'], 'ends with "*", but match.path has no "*" to take from')
}

const tableRouting = z.strictObject({
  mode: described(z.literal('table'), 'Explicit routes, tried in order.'),
  routes: described(z.array(route).min(1), 'The first that matches is taken.'),
})

const routing = z.discriminatedUnion('mode', [headersRouting, pathRouting, tableRouting]).meta({ id: 'routing' })

export type RoutingInput = z.output<typeof routing>

/** One mode, or several that are tried in order. */
export const routingSchema = z
  .union([routing, z.array(routing).min(1)])
  .transform((modes): readonly RoutingInput[] => (Array.isArray(modes) ? modes : [modes]))
