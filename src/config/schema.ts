import { z } from 'zod'
import { isServiceName } from '../plugin/index.ts'
import { defaults } from './defaults.ts'
import {
  described,
  middlewareRef,
  SERVICE_NAME_IN_WORDS,
  serviceGlob,
  serviceName,
  strategyRef,
  text,
} from './fields.ts'
import { registrySchema } from './schema-registry.ts'
import { routingSchema } from './schema-routing.ts'
import { adminSchema, logSchema, serverSchema } from './schema-server.ts'
import { trafficOverrides, trafficSchema } from './schema-traffic.ts'
import { upstreamOverrides, upstreamSchema } from './schema-upstream.ts'

const exposeSchema = z.strictObject({
  allow: described(z.array(serviceGlob()), 'Services that may be asked for by name.').prefault([
    ...defaults.expose.allow,
  ]),
  deny: described(z.array(serviceGlob()), 'Services that may not, even if allowed.').prefault([]),
})

const serviceSchema = z.strictObject({
  balancing: described(strategyRef.optional(), 'In place of the strategy of the file.'),
  upstream: described(upstreamOverrides.optional(), 'Over the upstream settings of the file.'),
  ...trafficOverrides,
  middleware: described(z.array(middlewareRef), 'After the middleware of the file.').prefault([]),
})

/** The file as it is written, for editors: everything that can be said without code. */
export const writtenSchema = z.strictObject({
  plugins: described(z.array(text()), 'Modules that bring plugins: npm names, or paths from this file.').prefault([]),
  server: described(serverSchema, 'The port that clients call.').prefault({}),
  registry: described(registrySchema, 'Where services and their instances are read from: one, or several in order.'),
  routing: described(routingSchema, 'How a request names its service: one mode, or several tried in order.').prefault([
    defaults.headersRouting,
    defaults.pathRouting,
  ]),
  expose: described(exposeSchema, 'Which services the headers and path modes reach; * and ? stand for any.').prefault(
    {},
  ),
  balancing: described(
    strategyRef.prefault({ type: defaults.balancing, options: {} }),
    'How one of the instances is chosen.',
  ),
  upstream: described(upstreamSchema, 'Connections to instances.').prefault({}),
  ...trafficSchema,
  middleware: described(z.array(middlewareRef), 'Around every request, the first outermost.').prefault([]),
  services: described(
    z.record(serviceName(), serviceSchema),
    'Settings of single services, by name. A service needs none to be reached.',
  ).prefault({}),
  admin: described(adminSchema, 'The port for operators: health and metrics.').prefault({}),
  log: described(logSchema, 'What is written to standard output.').prefault({}),
})

// A Map, because a service may be named `__proto__`, and a record would lose it.
const services = z
  .preprocess(
    (written) => (isMapping(written) ? new Map(Object.entries(written)) : written),
    z.map(z.string(), serviceSchema),
  )
  .superRefine(
    (named, check) => {
      for (const name of named.keys())
        if (!isServiceName(name))
          check.addIssue({
            code: 'custom',
            path: [name],
            message: `${JSON.stringify(name)} is not ${SERVICE_NAME_IN_WORDS}`,
            params: { spot: 'key' },
          })
    },
    { when: ({ value }) => value instanceof Map },
  )

/** The file as it is checked: every default filled in, units resolved, shorthands written out. */
export const fileSchema = z.strictObject({ ...writtenSchema.shape, services: services.prefault({}) }).superRefine(
  ({ server, admin }, check) => {
    if (!server?.port || server.port !== admin?.port || !overlap(server.host, admin.host)) return
    check.addIssue({ code: 'custom', path: ['admin', 'port'], message: `${admin.port} is the port of the server too` })
  },
  { when: ({ value }) => isMapping(value) },
)

export type FileInput = z.output<typeof fileSchema>

const WILDCARDS = ['0.0.0.0', '::']
const overlap = (a: string, b: string) => a === b || WILDCARDS.includes(a) || WILDCARDS.includes(b)

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
