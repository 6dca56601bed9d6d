import { describe, expect, it } from 'vitest'
import { type AnswerHead, answerHead, assertText } from '../../../src/gateway/http1/everyday/answer-head.ts'

const DATED = ['date', 'x']
const framing = (head: AnswerHead) => [head.bodiless, head.chunked, head.length]

describe('the framing of an answer', () => {
  it.each([
    ['is its length where that is told', 200, ['content-length', '5'], false, [false, false, 5]],
    ['are chunks where it is neither', 200, [], false, [false, true, 0]],
    ['are chunks of ours, whatever a middleware says', 200, ['transfer-encoding', 'chunked'], false, [false, true, 0]],
    ['is none to HEAD', 200, ['content-length', '5'], true, [true, false, 0]],
    ['is none of a 204', 204, ['content-length', '5'], false, [true, false, 0]],
    ['is none of a 304', 304, ['content-length', '5'], false, [true, false, 0]],
  ] as const)('%s', (_, status, headers, toHead, expected) => {
    expect(framing(answerHead(status, 'R', [...DATED, ...headers], toHead))).toEqual(expected)
  })

  it('is said once', () => {
    const text = (...args: [number, string[], boolean]) => {
      const [status, headers, toHead] = args
      return answerHead(status, 'R', [...DATED, ...headers], toHead).text
    }
    expect(text(200, ['Content-Length', '5'], false)).toBe('HTTP/1.1 200 R\r\ndate: x\r\nContent-Length: 5\r\n')
    expect(text(200, [], false)).toBe('HTTP/1.1 200 R\r\ndate: x\r\nTransfer-Encoding: chunked\r\n')
    expect(text(200, [], true)).toBe('HTTP/1.1 200 R\r\ndate: x\r\n')
    expect(text(204, ['content-length', '0'], false)).toBe('HTTP/1.1 204 R\r\ndate: x\r\n')
    expect(text(304, ['content-length', '5'], false)).toBe('HTTP/1.1 304 R\r\ndate: x\r\ncontent-length: 5\r\n')
  })

  it.each(['', '-1', '5, 5', '0x5', '1e3', ' 5', '9'.repeat(16)])('is no length of %j', (length) => {
    expect(() => answerHead(200, '', ['content-length', length], false)).toThrow('Content-Length')
  })
})

it('has a date, of ours where there is none', () => {
  expect(answerHead(200, '', [], true).text).toMatch(/^HTTP\/1\.1 200 \r\nDate: \w{3}, .* GMT\r\n$/)
})

it('takes from a middleware that the connection closes, and what else it says of that', () => {
  const head = answerHead(426, '', [...DATED, 'connection', 'Upgrade, close', 'keep-alive', 'timeout=1'], true)
  expect(head.closes).toBe(true)
  expect(head.text).toBe('HTTP/1.1 426 \r\ndate: x\r\nConnection: upgrade\r\n')
})

it('refuses what could end a line early', () => {
  expect(() => assertText('OK', ['a', 'b\r\nc: d'])).toThrow('control character')
  expect(() => assertText('O\nK', [])).toThrow('control character')
  expect(() => assertText('OK', ['a', 'b\u010a'])).toThrow('control character')
})

it('reads a length whatever zeros it begins with, as the parser of answers does', () => {
  const head = answerHead(200, 'OK', ['Content-Length', `${'0'.repeat(25)}7`], false)
  expect([head.length, head.chunked]).toEqual([7, false])
})
