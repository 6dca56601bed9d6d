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
