import assert from 'node:assert/strict'
import { refusesOr } from '../rig/hostile.ts'
import { chunked } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

/** A request of its own making; `#` stands for the target. */
const LF: Readonly<Record<string, string>> = {
  'at every line': 'GET # HTTP/1.1\nHost: gateway.test\n\n',
  'after the request line': 'GET # HTTP/1.1\nHost: gateway.test\r\n\r\n',
  'after a field': 'GET # HTTP/1.1\r\nHost: gateway.test\nX: y\r\n\r\n',
  'after the last field': 'GET # HTTP/1.1\r\nHost: gateway.test\n\r\n',
  'as the empty line': 'GET # HTTP/1.1\r\nHost: gateway.test\r\n\n',
  'twice for the empty line': 'GET # HTTP/1.1\r\nHost: gateway.test\n\n',
  'before a length': 'POST # HTTP/1.1\r\nHost: gateway.test\r\nX: y\nContent-Length: 5\r\n\r\nhello',
  'before a coding': `POST # HTTP/1.1\r\nHost: gateway.test\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n${chunked('hello')}`,
  'after a length': 'POST # HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 5\n\r\nhello',
}

const CR: Readonly<Record<string, string>> = {
  'at every line': 'GET # HTTP/1.1\rHost: gateway.test\r\r\n\r\n',
  'after the request line': 'GET # HTTP/1.1\rHost: gateway.test\r\n\r\n',
  'after a field': 'GET # HTTP/1.1\r\nHost: gateway.test\rX: y\r\n\r\n',
  'twice before LF': 'GET # HTTP/1.1\r\nHost: gateway.test\r\r\nX: y\r\n\r\n',
  'before a length': 'POST # HTTP/1.1\r\nHost: gateway.test\r\nX: y\rContent-Length: 5\r\n\r\n',
  'before a coding': 'POST # HTTP/1.1\r\nHost: gateway.test\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n',
  'before the colon': 'GET # HTTP/1.1\r\nHost: gateway.test\r\nX\r: y\r\n\r\n',
  'in the method': 'G\rET # HTTP/1.1\r\nHost: gateway.test\r\n\r\n',
  'before the target': 'GET \r# HTTP/1.1\r\nHost: gateway.test\r\n\r\n',
  'before the version': 'GET # \rHTTP/1.1\r\nHost: gateway.test\r\n\r\n',
  'as the empty line': 'GET # HTTP/1.1\r\nHost: gateway.test\r\n\r\r\n\r\n',
}

const targeted = (bytes: string, { path }: Wire) => bytes.replace('#', path('/x'))

const feeds = Object.entries(LF).map(
  ([where, bytes]): Case => ({
    rule: 11,
    level: 'must',
    name: `refuses LF without CR ${where}, or takes it for a line end and writes CRLF`,
    run: (wire) =>
      refusesOr(wire, targeted(bytes, wire), (asked) => {
        assert.equal(asked.body, bytes.includes('hello') ? 'hello' : '')
        assert.doesNotMatch(asked.message.rawHead, /[^\r]\n/)
      }),
  }),
)

const returns = Object.entries(CR).map(
  ([where, bytes]): Case => ({
    rule: 11,
    level: 'must',
    name: `refuses CR without LF ${where}, or forwards none`,
    run: (wire) =>
      refusesOr(wire, targeted(bytes, wire), (asked) => {
        assert.doesNotMatch(asked.message.rawHead, /\r[^\n]/)
        assert.equal(asked.field('content-length') ?? '0', '0')
        assert.equal(asked.field('transfer-encoding'), undefined)
      }),
  }),
)

export const cases: readonly Case[] = [...feeds, ...returns]
