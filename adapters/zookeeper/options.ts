import { z } from 'zod'
import { duration } from '../../src/plugin/index.ts'
import { type HostError, hosts } from './hosts.ts'
import { layoutNames } from './layouts/index.ts'
import { Secret } from './secret.ts'

const hostList = z
  .union([z.array(z.string()).min(1, 'at least one "host:port"'), z.string()])
  .transform((written, check) => {
    try {
      return hosts(written)
    } catch (error) {
      const { message, index } = error as HostError
      check.addIssue({ code: 'custom', message, path: index === undefined ? [] : [index] })
      return z.NEVER
    }
  })

// biome-ignore lint/suspicious/noControlCharactersInRegex: ZooKeeper takes none
const PATH = /^\/(?:(?!\.{1,2}(?:\/|$))[^/\x00-\x1f\x7f-\x9f]+(?:\/(?!$)|$))*$/

const root = z
  .string()
  .regex(PATH, 'a path such as "/services": it starts with "/", does not end with one, and has no "." or ".." in it')

const time = () => duration().refine((ms) => ms > 0, 'must be more than 0')

/** What is written where a mapping should be may be the secret itself: it is not repeated. */
const mapping = (example: string) => ({
  error: ({ code }: { readonly code: string }) =>
    code === 'invalid_type' ? `expected a mapping: ${example}` : undefined,
})

const auth = z
  .strictObject(
    { scheme: z.string().min(1).default('digest'), id: z.string().min(1) },
    mapping('{ scheme: digest, id: "user:password" }'),
  )
  .refine(({ scheme, id }) => scheme !== 'digest' || /^[^:]+:/s.test(id), {
    message: 'must be "user:password" for scheme digest',
    path: ['id'],
  })
  .transform(({ scheme, id }) => ({ scheme, id: new Secret(id) }))

const file = z.string().min(1).optional()

const tls = z
  .strictObject({ ca: file, cert: file, key: file, serverName: file }, mapping('{ ca: ca.pem }'))
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key go together')

const written = z.strictObject({
  /** Tried in turn, from a random one on. */
  hosts: hostList,
  root: root.default('/services'),
  layout: z.enum(layoutNames).default('auto'),
  /** Asked for; the server has the last word (by default 4 to 40 s). A hung server is noticed within two thirds of it. */
  sessionTimeout: time().prefault('30s'),
  /** For each server, from the look-up of its name to the first answer in the session. */
  connectTimeout: time().prefault('3s'),
  /** What the ACLs of the registry want of a reader. */
  auth: auth.optional(),
  /** Present, if only as `{}`: connections are encrypted. Files are relative to the configuration file. */
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
