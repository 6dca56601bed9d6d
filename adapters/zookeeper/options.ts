import { z } from 'zod'
import { duration } from '../../src/plugin/index.ts'
import { auth, tls } from './access.ts'
import { type HostError, hosts } from './hosts.ts'
import { layoutNames } from './layouts/names.ts'

const list = z.union([
  z.array(z.string()),
  z.string().transform((written) => written.split(',').map((part) => part.trim())),
])

const ensemble = list.pipe(z.array(z.string()).min(1, 'at least one "host:port"')).transform((parts, check) => {
  try {
    return hosts(parts)
  } catch (error) {
    const { message, index } = error as HostError
    check.addIssue({ code: 'custom', message, path: [index] })
    return z.NEVER
  }
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: ZooKeeper takes none
const PATH = /^\/(?:(?!\.{1,2}(?:\/|$))[^/\x00-\x1f\x7f-\x9f]+(?:\/(?!$)|$))*$/

const root = z
  .string()
  .regex(PATH, 'a path such as "/services": it starts with "/", does not end with one, and has no "." or ".." in it')

const pattern = z.string().regex(/^[A-Za-z0-9._:*?-]{1,128}$/, 'the name of a service, or a pattern such as "shop-*"')

/** Under which keys of its metadata an instance says what. */
const metadata = z.strictObject({
  weight: z.string().default('weight'),
  zone: z.string().default('zone'),
  version: z.string().default('version'),
  status: z.string().default('status'),
})

const time = () => duration().refine((ms) => ms > 0, 'must be more than 0')

const written = z.strictObject({
  /** Tried in turn, from a random one on. */
  hosts: ensemble,
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
  /** For each server, from the look-up of its name to the first answer in the session. */
  connectTimeout: time().prefault('3s'),
  auth: auth.optional(),
  /** Present, if only as `{}`: connections are encrypted. */
  tls: tls.optional(),
})

/** `hosts` are the servers alone; the chroot that stood behind them is the beginning of `root`. */
export const options = written.transform(({ hosts: { servers, chroot }, root, ...others }, check) => {
  const whole = chroot && root === '/' ? chroot : chroot + root
  if (PATH.test(whole)) return { ...others, hosts: servers, root: whole }
  check.addIssue({
    code: 'custom',
    message: `the chroot ${JSON.stringify(chroot)} is not a path such as "/app"`,
    path: ['hosts'],
  })
  return z.NEVER
})

export type Options = z.output<typeof options>
