import { basicAuth } from 'hono/basic-auth'
import { bearerAuth } from 'hono/bearer-auth'
import { compress } from 'hono/compress'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { defineMiddleware, type Plugin } from '../plugin/index.ts'
import { requestId } from './request-id.ts'

const strings = z.union([z.string().transform((one) => [one]), z.array(z.string())])

/** Hono's own, by their names, with those of their options that YAML can say. https://hono.dev/docs/middleware/builtin */
export const middleware: readonly Plugin[] = [
  requestId,
  defineMiddleware({
    name: 'cors',
    options: z.strictObject({
      origin: z.union([z.string(), z.array(z.string())]).default('*'),
      allowMethods: strings.optional(),
      allowHeaders: strings.optional(),
      exposeHeaders: strings.optional(),
      maxAge: z.int().optional().meta({ description: 'seconds' }),
      credentials: z.boolean().optional(),
    }),
    create: (options) => cors(defined(options)),
  }),
  defineMiddleware({
    name: 'compress',
    options: z.strictObject({
      encoding: z.enum(['gzip', 'deflate']).optional(),
      threshold: z.int().optional().meta({ description: 'bytes' }),
    }),
    create: (options) => compress(defined(options)),
  }),
  defineMiddleware({
    name: 'etag',
    options: z.strictObject({ weak: z.boolean().optional() }),
    create: (options) => etag(defined(options)),
  }),
  defineMiddleware({ name: 'secure-headers', create: () => secureHeaders() }),
  defineMiddleware({
    name: 'basic-auth',
    options: z.strictObject({ username: z.string().min(1), password: z.string().min(1), realm: z.string().optional() }),
    create: (options) => basicAuth(defined(options)),
  }),
  defineMiddleware({
    name: 'bearer-auth',
    options: z.strictObject({ token: z.union([z.string().min(1), z.array(z.string().min(1))]) }),
    create: (options) => bearerAuth(defined(options)),
  }),
]

/** A copy of its own, since Hono writes into some; and Hono tells an option that is missing from one that is `undefined`. */
function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
