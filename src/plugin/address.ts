/**
 * Splits `10.0.0.1:8080`, `name:80` or `[::1]:80` at its last colon. An IPv6 host comes back without its brackets.
 *
 * @throws TypeError unless it has that form; whether host and port can be connected to is for `instance()` to say
 */
export function address(text: string): { host: string; port: number } {
  const [, v6, name, port] = /^(?:\[([^[\]]+)\]|([^[\]:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = v6 ?? name
  if (!host) throw new TypeError(`${JSON.stringify(text)} is not an address; write "10.0.0.1:8080" or "[::1]:8080"`)
  return { host, port: Number(port) }
}
