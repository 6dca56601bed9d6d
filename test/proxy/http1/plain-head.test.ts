import { describe, expect, it } from 'vitest'
import { responseHeaders } from '../../../src/proxy/headers/response-headers.ts'
import { ResponseParser } from '../../../src/proxy/http1/response-parser.ts'
import { listOf } from '../../../src/proxy/lines.ts'
import { bytes } from './parsed.ts'

/** Of the second response of a connection: nothing is left of the first. */
function headOf(fields: readonly string[], status = 200, statusLine = `HTTP/1.1 ${status} Fine`) {
  const parser = new ResponseParser()
  const first = 'HTTP/1.1 200 OK\r\nTrailer: x\r\nDate: then\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n'
  const second = `${statusLine}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
  for (const response of [first, second]) {
    parser.reset(false)
    parser.push(bytes(response))
    while (parser.read() !== (parser.complete ? 'end' : 'head'));
  }
  return parser.head
}

describe('the head of an everyday answer', () => {
  it.each([
    ['with its fields as they came', ['Server: x', 'Content-Length: 0', 'X-Odd: \xe9 :, x', 'x-ODD: b']],
    ['with nothing but its length', ['content-length: 0']],
    ['with a field about the connection first', ['Connection: keep-alive', 'A: b', 'Content-Length: 0']],
    ['with one in the middle', ['A: b', 'connection: close', 'Content-Length: 0']],
    ['with two apart', ['Keep-Alive: timeout=5', 'A: b', 'Connection: Keep-Alive', 'Content-Length: 0']],
    ['with two at the end', ['Content-Length: 0', 'Connection: keep-alive', 'Keep-Alive: timeout=5']],
    ['with an empty value', ['A: ', 'Content-Length: 0']],
    ['with names as long as those that count', ['Tf: x', 'Kerp-Alive: x', 'Content-lengtH: 0', 'Connectiom: y']],
  ])('is lines to be sent on, %s', (_, fields) => {
    const head = headOf(fields)
    const { text, fieldsAt } = head.plain!
    expect(text.slice(0, fieldsAt)).toBe('HTTP/1.1 200 Fine\r\n')
    expect(listOf(text.slice(fieldsAt))).toEqual(responseHeaders(head, true))
    expect(head.plain!.contentLength).toBe(0)
  })

  it.each([
    ['HTTP/1.1 404 Not Found', 'HTTP/1.1 404 Not Found'],
    ['HTTP/1.0 404 Not Found', 'HTTP/1.1 404 Not Found'],
    ['HTTP/1.1 404 ', 'HTTP/1.1 404 '],
    ['HTTP/1.1 404', 'HTTP/1.1 404 '],
    ['HTTP/1.0 404', 'HTTP/1.1 404 '],
  ])('begins as clients are sent it, where it has come as %j', (received, sent) => {
    for (const fields of [
      ['Connection: close', 'Content-Length: 0'],
      ['Content-Length: 0', 'Connection: close'],
    ]) {
      const { text } = headOf(fields, 404, received).plain!
      expect(text).toBe(`${sent}\r\nContent-Length: 0\r\n`)
    }
  })

  it('says what it is of, and of when', () => {
    expect(headOf(['Content-Type: a/b', 'DATE: now', 'Content-Length: 7']).plain).toMatchObject({
      contentType: 'a/b',
      dated: true,
      contentLength: 7,
    })
    expect(headOf(['Content-Length: 7']).plain).toMatchObject({ contentType: undefined, dated: false })
  })
})

describe('a head is a list', () => {
  it.each([
    ['without a length', ['A: b']],
    ['of chunks', ['Transfer-Encoding: chunked']],
    ['with its length twice', ['Content-Length: 3', 'Content-Length: 3']],
    ['with two types', ['Content-Type: a/b', 'Content-Type: c/d', 'Content-Length: 3']],
    ['that nominates fields', ['Connection: close, x-mine', 'X-Mine: a', 'Content-Length: 3']],
    ['that announces trailers', ['Trailer: x', 'Content-Length: 3']],
    ['that offers a protocol', ['Upgrade: h2c', 'Content-Length: 3']],
    ['with a field of old proxies', ['Proxy-Connection: close', 'Content-Length: 3']],
    ['with a field of requests', ['TE: trailers', 'Content-Length: 3']],
    ['without a blank before a value', ['A:b', 'Content-Length: 3']],
    ['with a tab before a value', ['A:\tb', 'Content-Length: 3']],
    ['with two blanks before a value', ['A:  b', 'Content-Length: 3']],
    ['with a blank behind a value', ['A: b ', 'Content-Length: 3']],
    ['with a blank behind the last value', ['Content-Length: 3 ']],
    ['with nothing for a value', ['A:', 'Content-Length: 3']],
  ])('%s', (_, fields) => {
    expect(headOf(fields).plain).toBeUndefined()
  })

  it('with a status that has no length', () => {
    expect(headOf(['Content-Length: 0'], 204).plain).toBeUndefined()
  })
})
