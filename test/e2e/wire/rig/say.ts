/** A request head: `request('GET /x HTTP/1.1', 'X: y')`, with a Host field unless one is among the others. */
export function request(line: string, ...fields: readonly string[]): string {
  const host = fields.some((field) => /^host:/i.test(field)) ? [] : ['Host: gateway.test']
  return `${[line, ...host, ...fields].join('\r\n')}\r\n\r\n`
}

/** A 200 with a body of told length. */
export function ok(body = '', ...fields: readonly string[]): string {
  return response('200 OK', [...fields, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`], body)
}

/** A response with exactly these fields: `response('204 No Content')`. */
export function response(status: string, fields: readonly string[] = [], body = ''): string {
  return `HTTP/1.1 ${[status, ...fields].join('\r\n')}\r\n\r\n${body}`
}

/** A body in chunks, ended; each text is one chunk. */
export function chunked(...texts: readonly string[]): string {
  return `${texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`
}
