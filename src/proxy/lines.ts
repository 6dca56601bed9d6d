/** A flat list `[name, value, ...]` of lines `name: value`, each with its line end, that are known to be good. */
export function listOf(fields: string): string[] {
  const list: string[] = []
  for (let at = 0; at < fields.length; ) {
    const nameEnd = fields.indexOf(': ', at)
    const valueEnd = fields.indexOf('\r\n', nameEnd)
    list.push(fields.slice(at, nameEnd), fields.slice(nameEnd + 2, valueEnd))
    at = valueEnd + 2
  }
  return list
}
