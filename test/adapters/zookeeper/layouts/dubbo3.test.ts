import { expect, it } from 'vitest'
import { but, one } from './reading.ts'
import { samples } from './samples.ts'

const { dubbo3 } = samples
const { payload } = JSON.parse(dubbo3.data)

it('takes the endpoint that speaks HTTP', () => {
  expect(one('dubbo3', dubbo3)).toMatchObject({
    id: '10.0.0.7:50051',
    port: 50051,
    layout: 'dubbo3',
    tls: false,
    weight: 100,
    status: 'up',
    metadata: { protocol: 'tri', 'dubbo.metadata.revision': '1' },
  })
})

it('takes the protocol that is named', () => {
  const sample = offering({ port: 1, protocol: 'rest' }, { port: 2, protocol: 'tri' })
  expect(one('dubbo3', sample).port).toBe(1)
  expect(one('dubbo3', sample, { port: 'tri' }).port).toBe(2)
  expect(() => one('dubbo3', sample, { port: 'grpc' })).toThrow('no endpoint "grpc"; there are: rest, tri')
})

it('reports what is not HTTP as that', () => {
  const sample = offering({ port: 20880, protocol: 'dubbo' })
  expect(() => one('dubbo3', sample)).toThrow('not HTTP: dubbo://10.0.0.7:20880')
  expect(() => one('dubbo3', sample, { port: 'dubbo' })).toThrow('not HTTP: dubbo://10.0.0.7:20880')
})

it.each([undefined, '', '7', '[7]', '{', '[{"port":1}]', '[{"protocol":"tri"}]', [{ port: 1, protocol: 'tri' }]])(
  'refuses endpoints that are %j',
  (endpoints) => {
    expect(() => one('dubbo3', saying({ 'dubbo.endpoints': endpoints }))).toThrow(
      'no "dubbo.endpoints" in its metadata',
    )
  },
)

it('shows no character that a terminal would act upon', () => {
  const protocol = '\u001b[2Jdubbo\n'
  expect(() => one('dubbo3', offering({ port: 1, protocol }))).toThrow('not HTTP: \ufffd[2Jdubbo\ufffd://10.0.0.7:1')
})

it('speaks TLS when the protocol or the metadata says so', () => {
  expect(one('dubbo3', offering({ port: 1, protocol: 'https' })).tls).toBe(true)
  expect(one('dubbo3', saying({ ...payload.metadata, tls: 'true' })).tls).toBe(true)
})

it('takes the weight from the metadata', () => {
  expect(one('dubbo3', saying({ ...payload.metadata, weight: '50' })).weight).toBe(50)
})

const offering = (...endpoints: unknown[]) => saying({ 'dubbo.endpoints': JSON.stringify(endpoints) })
const saying = (metadata: object) => but(dubbo3, { payload: { ...payload, metadata } })
