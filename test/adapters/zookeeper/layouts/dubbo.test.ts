import { expect, it } from 'vitest'
import { one, read, reader } from './reading.ts'
import { samples } from './samples.ts'

const { dubbo } = samples
const provider = (url: string) => ({ name: encodeURIComponent(url), data: '10.0.0.1' })

it('takes everything from the URL that is the name', () => {
  expect(one('dubbo', dubbo)).toEqual({
    id: '172.19.4.113:50051',
    host: '172.19.4.113',
    port: 50051,
    layout: 'dubbo',
    tls: false,
    weight: 100,
    status: 'up',
    metadata: { side: 'provider', timeout: '3000', protocol: 'tri' },
  })
})

it('is as old as its timestamp says', () => {
  const at = (query: string) => one('dubbo', provider(`tri://10.0.0.1:50051/a.B?${query}`)).registeredAt
  expect(at('timestamp=1610116500446')).toBe(1610116500446)
  expect([at('timestamp=now'), at('timestamp='), at('')]).toEqual([undefined, undefined, undefined])
})

it('reports what is not HTTP as that', () => {
  const name =
    'dubbo%3A%2F%2F172.19.4.113%3A20880%2Forg.apache.dubbo.demo.DemoService%3Fside%3Dprovider%26timeout%3D3000'
  expect(() => one('dubbo', { ...dubbo, name })).toThrow('not HTTP: dubbo://172.19.4.113:20880')
})

it.each([
  ['tri://10.0.0.1:50051/a.B', { port: 50051, tls: false }],
  ['rest://10.0.0.1:8080/a.B', { port: 8080, tls: false }],
  ['http://10.0.0.1/a.B', { port: 80, tls: false }],
  ['https://10.0.0.1/a.B', { port: 443, tls: true }],
  ['tri://10.0.0.1:50051/a.B?ssl-enabled=true', { port: 50051, tls: true }],
  ['tri://[2001:db8::1]:50051/a.B', { id: '[2001:db8::1]:50051' }],
  ['tri://10.0.0.1:50051/a.B?weight=200&version=2.0', { weight: 200 }],
  ['tri://10.0.0.1:50051/a.B?weight=0', { status: 'draining' }],
  ['tri://10.0.0.1:50051/a.B?disabled=true', { status: 'down' }],
  ['tri://10.0.0.1:50051/a.B?enabled=false', { status: 'down' }],
])('reads %s', (url, expected) => {
  expect(one('dubbo', provider(url))).toMatchObject(expected)
})

it('takes the protocol that is named', () => {
  const rest = provider('rest://10.0.0.1:8080/a.B')
  expect(one('dubbo', rest, { port: 'rest' }).port).toBe(8080)
  expect(() => one('dubbo', rest, { port: 'tri' })).toThrow('no endpoint "tri"; there are: rest')
})

it.each(['10.0.0.1:80', '%', 'tri%3A%2F%2F', 'tri%3A%2F%2F10.0.0.1%3A99999%2Fa'])('refuses the name %j', (name) => {
  expect(() => one('dubbo', { name, data: null })).toThrow(`the name ${JSON.stringify(name)} is not an encoded URL`)
})

it('has its instances under `providers`, and nothing in the folders beside it', () => {
  const folders = ['configurators', 'consumers', 'providers', 'routers']
  for (const layout of ['dubbo', 'auto'] as const) {
    expect(reader(layout).below?.(folders)).toBe('providers')
    expect(reader(layout).below?.(['consumers'])).toBeUndefined()
  }
  expect(reader('auto').below?.(['providers', '10.0.0.1:80'])).toBeUndefined()
  for (const name of folders) expect(read('dubbo', { name, data: '10.0.0.1' }).instances).toEqual([])
})
