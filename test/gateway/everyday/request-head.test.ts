import { describe, expect, it } from 'vitest'
import { readEverydayHead } from '../../../src/gateway/http1/everyday/request-head.ts'
import { limits } from './limits.ts'

const read = (text: string, own = {}) => readEverydayHead(Buffer.from(text, 'latin1'), limits(own))
const post = (...fields: string[]) => `${['POST / HTTP/1.1', ...fields].join('\r\n')}\r\n\r\n`
const get = (...fields: string[]) => `${['GET / HTTP/1.1', ...fields].join('\r\n')}\r\n\r\n`

describe('an everyday request', () => {
  it('is read as it was sent', () => {
    const head = read('GET /a/b?c=%20d HTTP/1.1\r\nHost: shop.example:8080\r\nAccept:\t*/* \r\nX-Empty:\r\n\r\n')!
    const { fields, ...rest } = head
    expect(fields.raw).toEqual(['Host', 'shop.example:8080', 'Accept', '*/*', 'X-Empty', ''])
    expect(fields.table).toEqual({ host: 'shop.example:8080', accept: '*/*', 'x-empty': '' })
    expect(['accept', 'Accept', 'x-empty', 'x'].map((name) => fields.get(name))).toEqual([
      '*/*',
      undefined,
      '',
      undefined,
    ])
    expect(rest).toEqual({
      method: 'GET',
      url: '/a/b?c=%20d',
      closes: false,
      bodyLength: null,
      end: 77,
    })
  })

  it('says how long its body is, and where that begins', () => {
    const head = read(post('Host: a', 'Content-Length: 12').concat('half'))
    expect([head?.method, head?.bodyLength, head?.end]).toEqual(['POST', 12, 48])
  })

  it.each([
    ['HEAD', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['POST with a whole body', post('Host: a', 'Content-Length: 3').concat('abc')],
    ['POST with an empty body', post('Host: a', 'Content-Length: 0')],
    ['POST without a body', post('Host: a')],
    ['PUT', 'PUT / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['PATCH', 'PATCH / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['DELETE', 'DELETE / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['one that keeps the connection', get('Host: a', 'Connection: Keep-Alive')],
    ['one with bytes above 127 in a value', get('Host: a', 'X-Name: \xe4\xff')],
    ['one with a name that every object has', get('Host: a', 'constructor: b')],
    ['one for an address', get('Host: [::1]:80')],
    ['one with dots in its path', 'GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('may be %s', (_, text) => expect(read(text)).toBeDefined())

  it('is for its own host, whichever others were asked for', () => {
    const hosts = Array.from({ length: 600 }, (_, i) => `shop-${i}.example`)
    const asked = [...hosts, ...hosts].map((host) => read(get(`Host: ${host}`))?.fields.get('host'))
    expect(asked).toEqual([...hosts, ...hosts])
  })

  it('may ask to close the connection', () => {
    expect(read(get('Host: a', 'Connection: CLOSE'))?.closes).toBe(true)
  })
})

describe('left to Node is', () => {
  it('a host that is none, however often it comes', () => {
    const bad = get('Host: a b')
    expect([read(bad), read(bad)]).toEqual([undefined, undefined])
  })

  it.each([
    ['a part of a head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['nothing', ''],
    ['a request with another one behind it', get('Host: a') + get('Host: a')],
    ['a request with a byte behind it', `${get('Host: a')}x`],
    ['a request behind an empty line', `\r\n${get('Host: a')}`],
    ['another method', 'OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['the beginning of a method', 'POS'],
    ['GET with a length', get('Host: a', 'Content-Length: 0')],
    ['HEAD with a body', `HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx`],
    ['a byte behind a body', post('Host: a', 'Content-Length: 3').concat('abcd')],
    ['a byte behind a request that may have a body', post('Host: a').concat('x')],
    ['a length and chunks', post('Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked')],
    ['two lengths', post('Host: a', 'Content-Length: 3', 'Content-Length: 3')],
    ['a list of lengths', post('Host: a', 'Content-Length: 3, 3')],
    ...['', '+3', '-3', '03', '00', '3.0', '0x3', '1e3', '3 3', '\xb3', '9'.repeat(16)].map((text) => [
      `a length of ${JSON.stringify(text)}`,
      post('Host: a', `Content-Length: ${text}`),
    ]),
    ['a method in lower case', 'get / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['two blanks before the version', 'GET /  HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['absolute-form', 'GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['asterisk-form', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a fragment', 'GET /#a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a backslash', 'GET /\\a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a path beyond ASCII', 'GET /\xe4 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a bare CR', get('Host: a', 'X: a\rb')],
    ['a NUL', get('Host: a', 'X: a\0b')],
    ['a blank before a colon', get('Host : a')],
    ['a folded line', get('Host: a', 'X: a', ' b')],
    ['a line without a colon', get('Host: a', 'X')],
    ['a line without a name', get('Host: a', ': b')],
    ['no Host', get('X: a')],
    ['an empty Host', get('Host:')],
    ['two of them', get('Host: a', 'Host: a')],
    ['a Host with userinfo', get('Host: a@b')],
    ['a Host with a port that is none', get('Host: a:b')],
    ['a field that comes twice', get('Host: a', 'Accept: a', 'accept: b')],
    ['a field that no object can have', get('Host: a', '__proto__: a')],
    ['Transfer-Encoding', get('Host: a', 'tRANSFER-encoding: chunked')],
    ['Expect', get('Host: a', 'Expect: 100-continue')],
    ['Upgrade', get('Host: a', 'Upgrade: websocket')],
    ['Proxy-Connection', get('Host: a', 'Proxy-Connection: close')],
    ['a Connection that nominates', get('Host: a', 'Connection: close, x-name')],
    ['an empty Connection', get('Host: a', 'Connection:')],
  ])('%s', (_, text) => expect(read(text)).toBeUndefined())

  it('what is over a limit', () => {
    expect(read(get('Host: a', 'B: b'), { headerCount: 1 })).toBeUndefined()
    expect(read(get('Host: a', 'B: b'), { headerCount: 2 })).toBeDefined()
    expect(read('GET /abc HTTP/1.1\r\nHost: a\r\n\r\n', { urlBytes: 3 })).toBeUndefined()
    expect(read('GET /abc HTTP/1.1\r\nHost: a\r\n\r\n', { urlBytes: 4 })).toBeDefined()
    expect(read(get('Host: a'), { headerBytes: 26 })).toBeUndefined()
    expect(read(get('Host: a'), { headerBytes: 27 })).toBeDefined()
  })
})
