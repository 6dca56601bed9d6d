import { z } from 'zod'
import { duration, share } from '../plugin/units.ts'
import { defaults } from './defaults.ts'
import { described, text, textLike, wait } from './fields.ts'
import { section } from './section.ts'

const count = () => z.int().min(1)

const status = () => z.int().min(400).max(599)
const retried = z.union([z.literal('timeout'), status()])

const backoff = section(
  {
    base: described(duration(), 'Before the second try, on average; doubles with each one.'),
    most: described(duration(), 'However many tries there were.'),
  },
  defaults.retry.backoff,
)

const budget = section(
  {
    share: described(share(), 'Retries in the last 10s, as a part of the requests.'),
    floor: described(z.number().min(0), 'Retries per second that are always allowed, in the whole gateway.'),
  },
  defaults.retry.budget,
)

const hedge = section(
  {
    quantile: described(
      share().refine((part) => part > 0 && part < 1, 'must be between 0% and 100%'),
      'Of the time to the response head, after which a second instance is asked.',
    ),
    least: described(duration(), 'It is never asked sooner.'),
  },
  defaults.hedge,
)

const retry = section(
  {
    attempts: described(z.int().min(1).max(100), 'Tries in all, the first included.'),
    on: described(
      z.array(retried),
      'What is tried again besides a failed or broken connection: timeout, or statuses from 400 on. Idempotent requests without a body only.',
    ),
    timeout: described(wait().nullable(), 'Over all tries, up to the response head; null is as long as they take.'),
    backoff: described(backoff.whole, 'How long to wait before a try that follows a timeout or a status.'),
    budget: described(budget.whole.nullable(), 'How many retries there may be; null for any number.'),
    hedge: described(hedge.whole.nullable(), 'A second request while the first one is slow; null for none.'),
  },
  defaults.retry,
  { backoff: backoff.overrides, budget: budget.overrides.nullable(), hedge: hedge.overrides.nullable() },
)

const passive = section(
  {
    consecutiveFailures: described(count(), 'So many failures in a row eject an instance.'),
    successRate: described(share().nullable(), 'A lower rate within the window ejects, too; null for no such rule.'),
    window: described(wait(), 'The time that the success rate looks back.'),
    minRequests: described(count(), 'Requests within the window before the success rate means anything.'),
    ejectFor: described(wait(), 'How long an instance is left out the first time; then twice, three times as long.'),
    maxEjectFor: described(wait(), 'However often it was.'),
    maxEjected: described(share(), 'Part of the instances; one may always be ejected, the last one never.'),
  },
  defaults.passive,
)

const path = () => textLike(/^\/[!-~]*$/, 'a path that begins with "/"')
const field = () => textLike(/^[!-~]+$/, 'a host name')

const expected = z
  .union([z.int().min(100).max(599), textLike(/^[1-5]\d\d(?:-[1-5]\d\d)?$/, 'a status, or two such as "200-399"')])
  .transform((written): readonly [number, number] => {
    const [from, to] = String(written).split('-').map(Number)
    return [from!, to ?? from!]
  })

const active = section(
  {
    type: described(z.enum(['http', 'tcp']), 'http asks for a path; tcp only connects.'),
    path: described(path(), 'What is asked for.'),
    expect: described(z.array(expected).min(1), 'Statuses of a healthy instance, such as 204 or "200-399".'),
    body: described(text().nullable(), 'What the body must contain; null for anything.'),
    host: described(field().nullable(), 'The host header; null for the address of the instance.'),
    interval: described(wait(), 'From the end of one probe to the next.'),
    fastInterval: described(wait(), 'The same, while the instance is not known to be healthy.'),
    jitter: described(share(), 'Part of the interval by which each one may be shorter or longer.'),
    timeout: described(wait(), 'How long a probe may take.'),
    rise: described(count(), 'Successes in a row that make an instance healthy; the first probe of all decides alone.'),
    fall: described(count(), 'Failures in a row that make it unhealthy.'),
  },
  defaults.active,
)

const health = section(
  {
    passive: described(
      passive.whole.nullable().prefault({}),
      'Leaves out instances whose requests fail; null for never.',
    ),
    active: described(active.whole.nullable(), 'Probes from the first process; null for none.'),
    panicBelow: described(share(), 'With a smaller part of the instances healthy, all are used; 0 for never.'),
    slowStart: described(
      duration(),
      'How long after its registration an instance grows into its weight; 0 is at once.',
    ),
  },
  defaults.health,
  { passive: passive.overrides.nullable(), active: active.overrides.nullable() },
)

const REVERSED = { path: ['least'], message: 'is more than most' }
const adaptive = section(
  {
    least: described(count(), 'The limit is never lower.'),
    most: described(count(), 'The limit is never higher.'),
  },
  defaults.adaptive,
)

const limits = section(
  {
    inFlight: described(
      count().nullable(),
      'Requests of the service at once, in the whole gateway; null for no limit.',
    ),
    pending: described(z.int().min(0), 'Requests that may wait while the limit is reached.'),
    pendingTimeout: described(wait(), 'How long they may wait.'),
    adaptive: described(
      adaptive.whole.refine(isRange, REVERSED).nullable(),
      'A limit found by measuring; null for none.',
    ),
  },
  defaults.limits,
  { adaptive: adaptive.overrides.refine(isRange, REVERSED).nullable() },
)

function isRange({ least = 0, most = least }: { least?: number | undefined; most?: number | undefined }): boolean {
  return least <= most
}

const breaker = section(
  {
    failureRate: described(
      share().refine((part) => part > 0, 'must be more than 0'),
      'Part of the requests that failed within the window.',
    ),
    window: described(wait(), 'The time that it looks back.'),
    minRequests: described(count(), 'Requests within the window before the rate means anything.'),
    openFor: described(wait(), 'How long nobody is let through; then one request is.'),
  },
  defaults.openBreaker,
)

const meanings = {
  retry: 'When an instance fails.',
  health: 'Which instances are left out.',
  limits: 'What a service may take of this gateway.',
  breaker: 'When a service is not asked at all for a while; null for never.',
}

/** How services are called, by all settings. */
export const trafficSchema = {
  retry: described(retry.whole, meanings.retry).prefault({}),
  health: described(health.whole, meanings.health).prefault({}),
  limits: described(limits.whole, meanings.limits).prefault({}),
  breaker: described(breaker.whole.nullable(), meanings.breaker).prefault(defaults.breaker),
}

/** How one service is called otherwise: any of the settings, `null` where they can be off. */
export const trafficOverrides = {
  retry: described(retry.overrides.optional(), 'Over the retry settings of the file.'),
  health: described(health.overrides.optional(), 'Over the health settings of the file.'),
  limits: described(limits.overrides.optional(), 'Over the limits of the file.'),
  breaker: described(breaker.overrides.nullable().optional(), 'Over the breaker of the file; null for none.'),
}

/** What is switched on by a service where the file has it off. */
export const presets = {
  passive: passive.whole.parse({}),
  active: active.whole.parse({}),
  hedge: hedge.whole.parse({}),
  budget: budget.whole.parse({}),
  adaptive: adaptive.whole.parse({}),
  breaker: breaker.whole.parse({}),
}
