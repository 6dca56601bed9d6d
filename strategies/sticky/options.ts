import { z } from 'zod'
import { duration } from '../../src/plugin/index.ts'

/** Text that must match `pattern`; `what` completes "... is not". */
const like = (pattern: RegExp, what: string) =>
  z.string().regex(pattern, { error: ({ input }) => `${JSON.stringify(input)} is not ${what}` })

/** RFC 6265, section 4.1.1, and SameSite of its successor. */
export const options = z
  .strictObject({
    strategy: z.unknown().default('p2c').meta({ description: 'The strategy for requests that begin a session.' }),
    secret: z.string().min(16).meta({ description: 'What cookies are signed with; the same in every gateway.' }),
    cookie: like(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a cookie name')
      .optional()
      .meta({ description: 'Its name; portolan-<service> by default.' }),
    path: like(/^\/[!-:<-~]*$/, 'a path')
      .default('/')
      .meta({ description: 'Where clients send it.' }),
    ttl: duration()
      .refine((ms) => ms > 0, 'must be more than 0')
      .nullable()
      .prefault(null)
      .meta({ description: 'How long it lasts; null: as long as the browser runs.' }),
    sameSite: z
      .enum(['lax', 'strict', 'none'])
      .default('lax')
      .meta({ description: 'Whether it comes from other sites.' }),
    secure: z.boolean().default(false).meta({ description: 'Only over HTTPS.' }),
    httpOnly: z.boolean().default(true).meta({ description: 'Hidden from scripts.' }),
  })
  .refine(({ sameSite, secure }) => sameSite !== 'none' || secure, {
    path: ['sameSite'],
    error: 'none is refused by browsers without secure: true',
  })
