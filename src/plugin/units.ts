import { z } from 'zod'

type Units = Readonly<Record<string, number>>
const MS_PER: Units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const PARTS_PER: Units = { '%': 0.01 }
const BYTES_PER: Units = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

// setTimeout keeps its delay in 31 bits and fires at once when given more.
const LONGEST_MS = 2 ** 31 - 1

/** `250ms`, `30s`, `5m`, `1h`, and `0`; the typed option is in milliseconds, at most 24 days. */
export const duration = () =>
  quantity('a duration', MS_PER, ['30s', '250ms']).refine(
    (ms) => ms <= LONGEST_MS,
    'is more than 596h, the longest that a timer can wait',
  )

/** `512B`, `16KiB`, `10MiB`, `1GiB`, and `0`; the typed option is in bytes. */
export const size = () => quantity('a size', BYTES_PER, ['16KiB', '10MiB'])

/** `20%`, and `0`; the typed option is a part of one: 0.2. At most `most`. */
export const share = (most = 1) =>
  quantity('a share', PARTS_PER, ['20%', '50%']).refine((part) => part <= most, `is more than ${most * 100}%`)

function quantity(what: string, units: Units, examples: readonly [string, string]) {
  const pattern = new RegExp(`^(?:0|(\\d+(?:\\.\\d+)?)(${Object.keys(units).join('|')}))$`)
  const error = ({ input }: { readonly input?: unknown }) => complaint(input, what, units, examples)
  const written = z.union([z.string().regex(pattern, { error }), z.literal(0)], { error })
  return written.transform((text) => {
    const [, amount, unit] = pattern.exec(String(text)) ?? []
    return unit ? (unit === '%' ? Number(amount) / 100 : Math.round(Number(amount) * units[unit]!)) : 0
  })
}

function complaint(input: unknown, what: string, units: Units, examples: readonly [string, string]): string {
  if (input === undefined) return 'is required'
  const written = typeof input === 'string' || typeof input === 'number' ? String(input) : undefined
  const shown = JSON.stringify(written ?? input)
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*(.*?)\s*$/.exec(written ?? '') ?? []
  const [right, other] = amount ? examples.map((example) => example.replace(/^\d+/, amount)) : examples
  if (amount && !unit) return `${shown} has no unit; write "${[...new Set([right, other])].join('" or "')}"`
  if (!amount || unit! in units) return `${shown} is not ${what}; write "${amount ? amount + unit : right}"`
  return `${shown} has the unknown unit "${unit}"; known: ${Object.keys(units).join(', ')}`
}
