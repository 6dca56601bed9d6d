/** Node's IncomingHttpHeaders: lower-case names, repeated fields joined (`set-cookie` apart). */
export type FieldValues = Readonly<Record<string, string | string[] | undefined>>

export const NO_HEADERS: readonly string[] = Object.freeze([])

/** The value of a field, or undefined. Safe for names such as `constructor`, which every object answers to. */
export function field(headers: FieldValues, name: string): string | undefined {
  const value = headers[name]
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.join(', ') : undefined
}

/** How many lines of the request head carry the field. Node joins or drops repeated ones, so only the raw list knows. */
export function timesSent(rawHeaders: readonly string[], name: string): number {
  let times = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at]!
    if (sent.length === name.length && (sent === name || sent.toLowerCase() === name)) times++
  }
  return times
}
