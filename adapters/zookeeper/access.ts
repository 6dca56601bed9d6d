import { z } from 'zod'
import { Secret } from './secret.ts'

/** What is written where a mapping should be may be the secret itself: it is not repeated. */
const mapping = (example: string) => ({
  error: ({ code }: { readonly code: string }) =>
    code === 'invalid_type' ? `expected a mapping: ${example}` : undefined,
})

/** What the ACLs of the registry want of a reader. */
export const auth = z
  .strictObject(
    { scheme: z.string().min(1).default('digest'), id: z.string().min(1) },
    mapping('{ scheme: digest, id: "user:password" }'),
  )
  .refine(({ scheme, id }) => scheme !== 'digest' || /^[^:]+:/s.test(id), {
    message: 'must be "user:password" for scheme digest',
    path: ['id'],
  })
  .transform(({ scheme, id }) => ({ scheme, id: new Secret(id) }))

const text = z.string().min(1).optional()

/** Files are relative to the configuration file. */
export const tls = z
  .strictObject({ ca: text, cert: text, key: text, serverName: text }, mapping('{ ca: ca.pem }'))
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key go together')
