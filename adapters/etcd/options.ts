import { z } from 'zod'
import { duration } from '../../src/plugin/index.ts'

const time = () => duration().refine((ms) => ms > 0, 'must be more than 0')

/** `https://etcd1:2379`, or `etcd1:2379` for `http://etcd1:2379`; comes out as an origin. */
const endpoint = z.string().transform((written, check) => {
  const text = written.includes('://') ? written : `http://${written}`
  if (URL.canParse(text)) {
    const { protocol, origin, href } = new URL(text)
    if (/^https?:$/.test(protocol) && href === `${origin}/`) return origin
  }
  check.addIssue(`${JSON.stringify(written)} is not an endpoint; write "http://10.0.0.1:2379"`)
  return z.NEVER
})

const list = z.union([
  z.array(z.string()),
  z.string().transform((written) => written.split(',').map((part) => part.trim())),
])

export const options = z
  .strictObject({
    /** Tried in turn, from a random one on. */
    endpoints: list.pipe(z.array(endpoint).min(1, 'needs at least one "http://host:port"')),
    prefix: z
      .string()
      .regex(/^[^\0]+\/$/, 'the start of the keys, such as "/services/": it ends with "/"')
      .default('/services/'),
    user: z.string().min(1).optional(),
    password: z.string().optional(),
    /** PEM files, relative to the configuration file. */
    tls: z
      .strictObject({
        ca: z.string().optional(),
        cert: z.string().optional(),
        key: z.string().optional(),
        serverName: z.string().optional(),
      })
      .prefault({}),
    connectTimeout: time().prefault('3s'),
    /** From a question to its whole answer. */
    requestTimeout: time().prefault('5s'),
    /** How often the server is asked whether it is still there. */
    heartbeat: time().prefault('5s'),
    /** How long a registration of ours outlives us. */
    lease: duration()
      .refine((ms) => ms >= 1000, 'must be at least 1s')
      .prefault('15s'),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), 'user and password go together')

export type Options = z.output<typeof options>
