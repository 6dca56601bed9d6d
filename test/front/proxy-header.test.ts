import { describe, expect, it } from 'vitest'
import { proxyHeaderIn } from '../../src/front/proxy-header.ts'

const SIGNATURE = '0d0a0d0a000d0a515549540a'
const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const V4 = `${SIGNATURE} 21 11 000c c0000201 0a000001 3039 0050`
const V6 = `${SIGNATURE} 21 21 0024 20010db8000000000000000000000001 ${'00'.repeat(15)}01 3039 0050`

describe('the first version', () => {
  it.each([
    ['PROXY TCP4 192.0.2.1 10.0.0.1 12345 80\r\n', '192.0.2.1'],
    ['PROXY TCP6 2001:DB8:0::1 ::1 65535 0\r\n', '2001:db8::1'],
    ['PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n', '192.0.2.1'],
    ['PROXY UNKNOWN\r\n', undefined],
    ['PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n', undefined],
  ])('%j', (line, address) => {
    expect(proxyHeaderIn(Buffer.from(`${line}GET /`))).toEqual({ length: line.length, address })
  })

  it.each([
    ['PROXY TCP4 192.0.2.1 10.0.0.1 12345 80\n'],
    ['PROXY TCP4 192.0.2.1 10.0.0.1 12345\r\n'],
    ['PROXY TCP4 192.0.2.1 10.0.0.1 12345 80 \r\n'],
    ['PROXY TCP4  192.0.2.1 10.0.0.1 12345 80\r\n'],
    ['PROXY TCP4 192.0.2.256 10.0.0.1 12345 80\r\n'],
    ['PROXY TCP4 2001:db8::1 ::1 12345 80\r\n'],
    ['PROXY TCP6 192.0.2.1 10.0.0.1 12345 80\r\n'],
    ['PROXY TCP4 192.0.2.1 10.0.0.1 65536 80\r\n'],
    ['PROXY TCP4 192.0.2.1 10.0.0.1 -1 80\r\n'],
    ['PROXY UDP4 192.0.2.1 10.0.0.1 1 80\r\n'],
    ['PROXY\r\n'],
    ['proxy TCP4 192.0.2.1 10.0.0.1 12345 80\r\n'],
    [`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`],
    [`PROXY UNKNOWN ${'x'.repeat(93)}`],
    ['GET / HTTP/1.1\r\n'],
  ])('is not %j', (text) => {
    expect(proxyHeaderIn(Buffer.from(text))).toBe('none')
  })

  it('has at most 107 bytes', () => {
    expect(proxyHeaderIn(Buffer.from(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`))).toMatchObject({ length: 107 })
  })
})

describe('the second version', () => {
  it.each([
    ['TCP over IPv4', V4, '192.0.2.1'],
    ['TCP over IPv6', V6, '2001:db8::1'],
    ['no family', `${SIGNATURE} 21 00 0000`, undefined],
    ['no family, with addresses of some other kind', `${SIGNATURE} 21 00 0003 aabbcc`, undefined],
    ['a Unix socket', `${SIGNATURE} 21 31 00d8 ${'61'.repeat(216)}`, undefined],
    ['datagrams', `${SIGNATURE} 21 12 000c c0000201 0a000001 3039 0050`, undefined],
    ['the balancer itself', `${SIGNATURE} 20 11 000c c0000201 0a000001 3039 0050`, undefined],
    ['the balancer itself, in short', `${SIGNATURE} 20 00 0000`, undefined],
    ['what balancers add', `${SIGNATURE} 21 11 0013 c0000201 0a000001 3039 0050 04 0004 deadbeef`, '192.0.2.1'],
  ])('%s', (_what, hex, address) => {
    const header = bytes(hex)
    expect(proxyHeaderIn(Buffer.concat([header, Buffer.from('GET /')]))).toEqual({ length: header.length, address })
  })

  it.each([
    ['another version', `${SIGNATURE} 11 11 000c c0000201 0a000001 3039 0050`],
    ['an unknown command', `${SIGNATURE} 22 11 000c c0000201 0a000001 3039 0050`],
    ['addresses that are too short', `${SIGNATURE} 21 11 000b c0000201 0a000001 3039 00`],
    ['more than 4 KiB', `${SIGNATURE} 21 11 1000`],
    ['another signature', '0d0a0d0a000d0a515549540b 21 11 0000'],
  ])('is not one with %s', (_what, hex) => {
    expect(proxyHeaderIn(bytes(hex))).toBe('none')
  })
})

it('is waited for as long as it may become one, and no longer', () => {
  for (const header of [Buffer.from('PROXY TCP4 192.0.2.1 10.0.0.1 12345 80\r\n'), bytes(V4), bytes(V6)]) {
    for (let length = 1; length < header.length; length++)
      expect(proxyHeaderIn(header.subarray(0, length)), `${length} bytes`).toBe('more')
    expect(proxyHeaderIn(header)).toMatchObject({ length: header.length })
  }
})
