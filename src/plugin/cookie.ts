/** The value of the cookie `name` in a `Cookie` header, as it is written there; undefined when there is none. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + 1)) {
    const from = at + name.length
    if (header[from] !== '=' || !begins(header, at)) continue
    const to = header.indexOf(';', from)
    return header.slice(from + 1, to === -1 ? undefined : to)
  }
  return undefined
}

const begins = (header: string, at: number) =>
  at === 0 || header[at - 1] === ';' || (header[at - 1] === ' ' && header[at - 2] === ';')
