// The yardstick: HTTP/1.1 messages as RFC 9112 writes them, with no tolerance but what it demands. What a gateway
// understands beyond this is ambiguous; what it hands on beyond this is wrong.

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const SIZE_LINE = /^0*([0-9a-fA-F]{1,16})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/

/** @returns the messages, and what is left: `empty`, `partial` or why it is `invalid` */
export function parseRequests(text) {
  const requests = []
  let at = 0
  for (;;) {
    // RFC 9112 2.2: empty lines before a request are overlooked, and a line may end with LF alone.
    while (text[at] === '\r' || text[at] === '\n') at++
    if (at >= text.length) return { requests, rest: 'empty', at }
    const found = parseRequest(text, at)
    if (typeof found === 'string') return { requests, rest: found, at }
    requests.push(found)
    if (!found.complete) return { requests, rest: found.fault ?? 'partial', at }
    at = found.end
  }
}

function parseRequest(text, at) {
  const head = parseHead(text, at)
  if (typeof head === 'string') return head
  // RFC 9112 3: whitespace in between may be more than one space.
  const [method, target, version, more] = head.line.split(/ +/)
  if (more !== undefined || !TOKEN.test(method) || !target || !/^[\x21-\x7e\x80-\xff]+$/.test(target))
    return 'request line'
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') return 'version'
  const framing = framingOf(head.fields, version)
  if (typeof framing === 'string') return framing
  return {
    method,
    target,
    version,
    fields: head.fields,
    ...bodyOf(text, head.end, framing.chunked, framing.length ?? 0),
  }
}

/** The final answer to a request with `method`, after any interim ones. `fin`: the connection ended well behind it. */
export function parseResponse(text, at, method, fin) {
  const head = parseHead(text, at)
  if (typeof head === 'string') return head
  const [, version, digits] = /^(HTTP\/1\.[01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(head.line) ?? []
  if (!version) return 'status line'
  const status = Number(digits)
  if (status < 200 && status !== 101) return parseResponse(text, head.end, method, fin)
  const response = { status, fields: head.fields }
  if (method === 'HEAD' || status === 204 || status === 304 || status === 101)
    return { ...response, body: '', complete: true, end: head.end }
  const framing = framingOf(head.fields, version, true) // RFC 9112 6.3
  if (typeof framing === 'string') return framing
  if (!framing.chunked && framing.length === undefined)
    return { ...response, body: text.slice(head.end), complete: fin, end: text.length }
  return { ...response, ...bodyOf(text, head.end, framing.chunked, framing.length) }
}

function parseHead(text, at) {
  const end = text.indexOf('\r\n\r\n', at)
  const [line, ...lines] = text.slice(at, end < 0 ? text.length : end).split('\r\n')
  if (/[\r\n\0]/.test(line.replace(/\r$/, ''))) return 'control character in the first line'
  if (end < 0) return 'partial'
  const fields = []
  for (const each of lines) {
    const colon = each.indexOf(':')
    const name = each.slice(0, Math.max(0, colon))
    const value = each.slice(colon + 1)
    if (!TOKEN.test(name)) return 'field name'
    if (!VALUE.test(value)) return 'field value'
    fields.push([name.toLowerCase(), value.replace(/^[ \t]+|[ \t]+$/g, '')])
  }
  return { line, fields, end: end + 4 }
}

export const valuesOf = (fields, name) => fields.filter(([found]) => found === name).map(([, value]) => value)

function framingOf(fields, version, codingWins = false) {
  const codings = valuesOf(fields, 'transfer-encoding')
  const lengths = new Set(valuesOf(fields, 'content-length').flatMap((value) => value.split(/[ \t]*,[ \t]*/)))
  if (codings.length > 0) {
    if (lengths.size > 0 && !codingWins) return 'length and coding'
    if (codings.length > 1 || codings[0].toLowerCase() !== 'chunked' || version === 'HTTP/1.0') return 'coding'
    return { chunked: true }
  }
  if (lengths.size > 1) return 'lengths'
  const [length] = lengths
  if (length !== undefined && !(/^\d+$/.test(length) && Number.isSafeInteger(Number(length)))) return 'length'
  return { chunked: false, length: length === undefined ? undefined : Number(length) }
}

function bodyOf(text, start, chunked, length) {
  if (chunked) return chunksOf(text, start)
  const body = text.slice(start, start + length)
  return { body, complete: body.length === length, end: start + length }
}

function chunksOf(text, start) {
  let body = ''
  const broken = (fault) => ({ body, complete: false, fault, end: text.length })
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return broken(undefined)
    const [, digits] = SIZE_LINE.exec(text.slice(at, lineEnd)) ?? []
    if (!digits) return broken('chunk size')
    const size = Number.parseInt(digits, 16)
    at = lineEnd + 2
    if (size === 0) return trailersOf(text, at, body)
    body += text.slice(at, at + size)
    const closing = text.slice(at + size, at + size + 2)
    if (closing !== '\r\n') return broken('\r\n'.startsWith(closing) ? undefined : 'chunk end')
    at += size + 2
  }
}

function trailersOf(text, start, body) {
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return { body, complete: false, end: text.length }
    if (lineEnd === at) return { body, complete: true, end: at + 2 }
    const line = text.slice(at, lineEnd)
    const name = line.slice(0, Math.max(0, line.indexOf(':')))
    if (!TOKEN.test(name) || !VALUE.test(line)) return { body, complete: false, fault: 'trailer', end: text.length }
    at = lineEnd + 2
  }
}
