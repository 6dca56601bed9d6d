import { z } from 'zod'
import { address, duration } from '../../src/plugin/index.ts'
import { layoutNames } from './layouts/index.ts'

const server = z.string().transform((written, check) => {
  try {
    const { host, port } = address(written)
    if (port >= 1 && port <= 65_535) return { host, port }
    check.addIssue(`${JSON.stringify(written)} has a port that is not between 1 and 65535`)
  } catch (error) {
    check.addIssue((error as Error).message.replaceAll(':8080', ':2181'))
  }
  return z.NEVER
})

const list = z.union([
  z.array(z.string()),
  z.string().transform((written) => written.split(',').map((part) => part.trim())),
])

const root = z
  .string()
  .regex(/^\/(?:[^/]+(?:\/[^/]+)*)?$/, 'a path such as "/services": it starts with "/" and does not end with one')

const pattern = z.string().regex(/^[A-Za-z0-9._:*?-]{1,128}$/, 'the name of a service, or a pattern such as "shop-*"')

/** Under which keys of its metadata an instance says what. */
const metadata = z.strictObject({
  weight: z.string().default('weight'),
  zone: z.string().default('zone'),
  version: z.string().default('version'),
  status: z.string().default('status'),
})

const time = () => duration().refine((ms) => ms > 0, 'must be more than 0')

export const options = z.strictObject({
  /** Tried in turn, from a random one on. */
  hosts: list.pipe(z.array(server).min(1, 'at least one "host:port"')),
  root: root.default('/services'),
  /** Names and patterns; only what they match is read. */
  services: list.pipe(z.array(pattern).min(1, 'at least one name or pattern')).prefault(['*']),
  /** Whether a child of a service that has children is a service too: `shop/orders` is `shop.orders`. */
  nested: z.boolean().default(false),
  layout: z.enum(layoutNames).default('auto'),
  /** Which of the named endpoints of an instance is meant. */
  port: z.string().optional(),
  metadata: metadata.prefault({}),
  /** Asked for; the server has the last word (by default 4 to 40 s). A hung server is noticed within two thirds of it. */
  sessionTimeout: time().prefault('30s'),
  /** For each server, from the first packet to the session. */
  connectTimeout: time().prefault('3s'),
})

export type Options = z.output<typeof options>
