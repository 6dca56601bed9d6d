import { describe, expect, it } from 'vitest'
import { ResponseParser } from '../../../src/proxy/http1/response-parser.ts'
import { bytes, oneByOne, parsed } from './parsed.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const outcome = (text: string) => parsed([bytes(text)]).outcome
const slowOutcome = (text: string) => parsed(oneByOne(bytes(text))).outcome

/** A head of exactly this many bytes. */
function headOf(size: number): string {
  const [start, end] = [`${OK}x: `, '\r\nContent-Length: 0\r\n\r\n']
  return start + 'v'.repeat(size - start.length - end.length) + end
}

describe('the response parser bounds', () => {
  it('the header section at 64 KiB', () => {
    expect(outcome(headOf(65_536))).toBe('end')
    expect(outcome(headOf(65_537))).toBe('protocol')
    expect(outcome(`${OK}x: ${'v'.repeat(70_000)}`)).toBe('protocol')
  })

  it('a header section that trickles in, in the same way', () => {
    expect(slowOutcome(headOf(20_000))).toBe('end')
    const half = bytes(headOf(65_537))
    expect(parsed([half.subarray(0, 40_000), half.subarray(40_000)]).outcome).toBe('protocol')
  })

  it('interim responses at 64 KiB in all', () => {
    const interim = (bytes: number) => `HTTP/1.1 103 Early Hints\r\nx: ${'v'.repeat(bytes)}\r\n\r\n`
    expect(outcome(interim(20_000).repeat(3) + headOf(100))).toBe('end')
    expect(outcome(interim(22_000).repeat(3) + headOf(100))).toBe('protocol')
  })

  it('the number of fields at 256', () => {
    const fields = (count: number) => `${OK}Content-Length: 0\r\n${'a:\r\n'.repeat(count - 1)}\r\n`
    expect(outcome(fields(256))).toBe('end')
    expect(outcome(fields(257))).toBe('protocol')
  })

  it('chunk extensions per line and in all', () => {
    const line = (bytes: number) => `1;${'e'.repeat(bytes)}\r\na\r\n`
    expect(outcome(`${CHUNKED}${line(4096)}0\r\n\r\n`)).toBe('end')
    expect(outcome(`${CHUNKED}${line(4097)}0\r\n\r\n`)).toBe('protocol')
    expect(outcome(`${CHUNKED}${line(1024).repeat(16)}0\r\n\r\n`)).toBe('end')
    expect(outcome(`${CHUNKED}${line(1024).repeat(17)}0\r\n\r\n`)).toBe('protocol')
  })

  it('the trailer section at 16 KiB', () => {
    expect(outcome(`${CHUNKED}0\r\nx: ${'v'.repeat(16_000)}\r\n\r\n`)).toBe('end')
    expect(outcome(`${CHUNKED}0\r\nx: ${'v'.repeat(17_000)}\r\n\r\n`)).toBe('protocol')
  })
})

describe('the response parser takes over', () => {
  const hint = (value: string) => {
    const parser = new ResponseParser()
    parser.reset(false)
    parser.push(bytes(`${OK}Keep-Alive: ${value}\r\nContent-Length: 0\r\n\r\n`))
    parser.read()
    return parser.keepAliveMs
  }

  it.each([
    ['timeout=5', 5000],
    ['max=100, timeout=7', 7000],
    ['Timeout=0', 0],
    ['max=100', Number.POSITIVE_INFINITY],
    ['timeout=x', Number.POSITIVE_INFINITY],
    ['xtimeout=5', Number.POSITIVE_INFINITY],
  ])('the hint of Keep-Alive: %s', (value, expected) => expect(hint(value)).toBe(expected))

  /** One parser reads these in turn, as on one connection. */
  const inTurn = (responses: readonly string[]) => {
    const parser = new ResponseParser()
    const told: { headers: readonly string[]; trailers: readonly string[]; keepAliveMs: number; reusable: boolean }[] =
      []
    for (const response of responses) {
      parser.reset(false)
      parser.push(bytes(response))
      while (parser.read() !== 'end');
      const { head, trailers, keepAliveMs, reusable } = parser
      told.push({ headers: head.headers, trailers, keepAliveMs, reusable })
    }
    return told
  }

  it('one response after the other without carrying anything over', () => {
    const told = inTurn([
      `${OK}Keep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nab`,
      `${CHUNKED}1\r\na\r\n0\r\nt: 1\r\n\r\n`,
      `${OK}A: b\r\nContent-Length: 0\r\n\r\n`,
    ])
    expect(told.map(({ reusable }) => reusable)).toEqual([true, true, true])
    const nothing = { trailers: [], keepAliveMs: Number.POSITIVE_INFINITY, reusable: true }
    expect(told[2]).toEqual({ headers: ['A', 'b', 'Content-Length', '0'], ...nothing })
  })

  it('keep-alive for one response of HTTP/1.0, not for the next', () => {
    const old = (fields: string) => `HTTP/1.0 200 OK\r\n${fields}Content-Length: 0\r\n\r\n`
    const told = inTurn([old('Connection: keep-alive\r\n'), old('')])
    expect(told.map(({ reusable }) => reusable)).toEqual([true, false])
  })

  it('a body whose extensions are within the limit after another such', () => {
    const body = `${CHUNKED}${`1;${'e'.repeat(3000)}\r\na\r\n`.repeat(4)}0\r\n\r\n`
    expect(inTurn([body, body]).length).toBe(2)
  })
})
