import { expect, it } from 'vitest'
import { trailersOf } from '../../../src/proxy/headers/trailers.ts'

it.each([
  'Content-Length',
  'Transfer_Encoding',
  'Host',
  'Authorization',
  'X-Forwarded-For',
  'x_forwarded_whatever',
  'Forwarded',
  'X-Real-IP',
  'X-Request-Id',
  'Proxy',
])('lets no %s come after the body', (name) => {
  expect(trailersOf([name, '1', 'X-Sum', '2'])).toEqual(['X-Sum', '2'])
})

it('lets others come as they are', () => {
  const others = ['grpc-status', '0', 'X_Sum', '1', 'ETag', '"a"']
  expect(trailersOf(others)).toEqual(others)
})
