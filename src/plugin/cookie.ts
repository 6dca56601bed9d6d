/**
 * The value of the cookie `name` in a `Cookie` header, as it is written there; undefined when there is none. Clients send
 * several of one name, of different paths and domains: the first that is `wanted`.
 */
export function cookieOf(
  header: string | undefined,
  name: string,
  wanted: (value: string) => boolean = any,
): string | undefined {
  if (header === undefined || name === '') return undefined
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + 1)) {
    const from = at + name.length
    if (header[from] !== '=' || !begins(header, at)) continue
    const to = header.indexOf(';', from)
    const value = header.slice(from + 1, to === -1 ? undefined : to)
    if (wanted(value)) return value
  }
  return undefined
}

const any = () => true

const begins = (header: string, at: number) =>
  at === 0 || header[at - 1] === ';' || (header[at - 1] === ' ' && header[at - 2] === ';')
