import { expect, it } from 'vitest'
import { GatewayError, type ProblemCode, problems } from '../../src/errors.ts'
import { problemAnswer } from '../../src/gateway/problem.ts'

const asked = (contentType?: string) => ({ id: 'id-1', header: () => contentType })

it('answers as RFC 9457 has it', () => {
  const { status, headers, body } = problemAnswer(new GatewayError('GW_OVERLOADED', 'too much'), asked('text/html'))
  expect(status).toBe(503)
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-portolan-error': 'GW_OVERLOADED',
    'retry-after': '1',
  })
  expect(JSON.parse(body!)).toMatchObject({ status: 503, code: 'GW_OVERLOADED', detail: 'too much', requestId: 'id-1' })
})

it('says which methods would be right', () => {
  expect(problemAnswer(new GatewayError('GW_METHOD_NOT_ALLOWED', 'no')).headers.allow).toContain('GET')
})

it.each(['application/grpc', 'application/grpc+proto', 'application/grpc;x=y'])(
  'answers a call by %s as gRPC',
  (type) => {
    const { status, headers, body } = problemAnswer(
      new GatewayError('GW_NO_ENDPOINT', 'no "s": 100%\u00e9'),
      asked(type),
    )
    expect([status, body]).toEqual([200, null])
    expect(headers).toEqual({
      'content-type': 'application/grpc',
      'grpc-status': '14',
      'grpc-message': 'no "s": 100%25%C3%A9',
      'retry-after': '1',
      'x-portolan-error': 'GW_NO_ENDPOINT',
    })
  },
)

it.each(['application/grpc-web', 'application/grpc-web+proto', 'application/json'])('takes %s for no gRPC', (type) => {
  expect(problemAnswer(new GatewayError('GW_NO_ENDPOINT', 'no'), asked(type)).status).toBe(503)
})

it('has a status of gRPC for each problem', () => {
  const statuses = (Object.keys(problems) as ProblemCode[]).map((code) => {
    const { headers } = problemAnswer(new GatewayError(code, ''), asked('application/grpc'))
    return [code, Number(headers['grpc-status'])]
  })
  expect(Object.fromEntries(statuses)).toEqual({
    GW_BAD_REQUEST: 13,
    GW_ROUTE_NOT_FOUND: 12,
    GW_SERVICE_NOT_FOUND: 12,
    GW_METHOD_NOT_ALLOWED: 12,
    GW_REQUEST_TIMEOUT: 4,
    GW_BODY_TOO_LARGE: 8,
    GW_URL_TOO_LONG: 8,
    GW_EXPECTATION_FAILED: 13,
    GW_HEADERS_TOO_LARGE: 8,
    GW_CLIENT_CLOSED: 1,
    GW_INTERNAL: 13,
    GW_UPSTREAM_UNREACHABLE: 14,
    GW_UPSTREAM_RESET: 14,
    GW_REGISTRY_NOT_READY: 14,
    GW_NO_ENDPOINT: 14,
    GW_OVERLOADED: 14,
    GW_CIRCUIT_OPEN: 14,
    GW_UPSTREAM_TIMEOUT: 4,
  })
})
