import { expect, it } from 'vitest'
import { exchangeOfRequest } from '../../src/proxy/index.ts'

it('keeps the cookies that are set for the response, of one name the last', () => {
  const exchange = exchangeOfRequest('1', 0, new Request('http://gateway/'))
  expect(exchange.cookies).toBeUndefined()
  exchange.setCookie('sid', 'sid=1; Path=/')
  exchange.setCookie('other', 'other=1')
  exchange.setCookie('sid', 'sid=2; Path=/')
  expect(exchange.cookies).toEqual(['sid=2; Path=/', 'other=1'])
})

it.each(['sid=1\r\nx-admin: yes', 'sid=1\n', 'sid=\0', 'sid=\u20ac'])(
  'takes no cookie that is no header value: %j',
  (value) => {
    const exchange = exchangeOfRequest('1', 0, new Request('http://gateway/'))
    expect(() => exchange.setCookie('sid', value)).toThrow(/Invalid character in header content \["set-cookie"\]/)
    expect(exchange.cookies).toBeUndefined()
  },
)
