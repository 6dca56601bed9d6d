/**
 * How long to wait before the `nth` retry that waits, from 0 on: exponential, with full jitter, so that those who failed
 * together do not come back together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(
  nth: number,
  { baseMs, mostMs }: { readonly baseMs: number; readonly mostMs: number },
  random: () => number,
): number {
  return Math.min(mostMs, baseMs * 2 ** nth) * random()
}

/** RFC 9110 10.2.3: seconds, or a date. @returns how long to wait; undefined when nothing is said, or nothing valid */
export function retryAfterMs(headers: readonly string[], wallMs: number): number | undefined {
  const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'retry-after')
  if (at < 0) return undefined
  const value = headers[at + 1]!.trim()
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // `Date.parse` takes much more for a date than HTTP does.
  const date = value.endsWith(' GMT') ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - wallMs)
}
