import { z } from 'zod'

type Units = Readonly<Record<string, number>>
const MS_PER: Units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const BYTES_PER: Units = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/** `250ms`, `30s`, `5m`, `1h`, and `0`; the typed option is in milliseconds. */
export const duration = () => quantity('a duration', MS_PER, ['30s', '250ms'])

/** `512B`, `16KiB`, `10MiB`, `1GiB`, and `0`; the typed option is in bytes. */
export const size = () => quantity('a size', BYTES_PER, ['16KiB', '10MiB'])

function quantity(what: string, units: Units, examples: readonly [string, string]) {
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?)(${Object.keys(units).join('|')})$`)
  return z.union([z.string(), z.number()]).transform((written, check) => {
    const [, amount, unit] = pattern.exec(String(written)) ?? []
    if (unit) return Number(amount) * units[unit]!
    if (Number(written) === 0) return 0
    const bare = Number.isFinite(Number(written))
    const [right, other] = bare ? examples.map((example) => example.replace(/^\d+/, String(written))) : examples
    check.addIssue(
      `${JSON.stringify(String(written))} ${bare ? 'has no unit' : `is not ${what}`}; write "${right}" or "${other}"`,
    )
    return z.NEVER
  })
}
