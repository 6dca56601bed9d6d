import { Resolver } from 'node:dns'
import { isIP } from 'node:net'
import { z } from 'zod'
import { duration, SERVICE_NAME } from '../../src/plugin/index.ts'

const time = () => duration().refine((ms) => ms > 0, 'must be more than 0')

const name = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,253}$/, 'a DNS name such as "_http._tcp.orders.example"')
  .refine((written) => !isIP(written), 'is an address, which needs no DNS; write it into a file for static-file')

const service = z
  .strictObject({
    /** A name whose SRV records say where the instances are. */
    srv: name.optional(),
    /** Or a name whose addresses are the instances, all on one port. */
    host: name.optional(),
    port: z.int().min(1).max(65_535).optional(),
    tls: z.boolean().default(false),
  })
  .refine(
    ({ srv, host, port }) =>
      (srv === undefined) !== (host === undefined) && (host === undefined) === (port === undefined),
    'needs either srv, or host and port',
  )

const server = z.string().refine((written) => {
  try {
    new Resolver().setServers([written])
    return true
  } catch {
    return false
  }
}, 'an address with or without a port, such as "10.0.0.53" or "[::1]:53"')

export const options = z.strictObject({
  services: z
    .record(z.string().regex(SERVICE_NAME), service)
    .refine((services) => Object.keys(services).length > 0, 'needs at least one service'),
  /** Instead of those of the machine. */
  servers: z.array(server).min(1).optional(),
  /** Which addresses count. */
  family: z.union([z.literal('any'), z.literal(4), z.literal(6)]).default('any'),
  /** Bounds to how long an answer is believed, which is as long as its time to live says. */
  refresh: z
    .strictObject({ min: time().prefault('1s'), max: time().prefault('60s') })
    .refine(({ min, max }) => min <= max, 'min must be at most max')
    .prefault({}),
  /** For each try of a question. */
  timeout: time().prefault('2s'),
  tries: z.int().min(1).max(10).default(2),
})

export type Options = z.output<typeof options>
export type Service = Options['services'][string]
