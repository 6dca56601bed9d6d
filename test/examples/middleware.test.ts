import { expect, it } from 'vitest'
import { exampleWith, startGateway, startInstance } from './rig.ts'

it('sets the header on the answers of the service that names it, and on no other', async () => {
  const services = { service_1: [await startInstance('a')], service_2: [await startInstance('b')] }
  const gateway = await startGateway(await exampleWith('middleware', services))
  const timed = await gateway.fetch(new Request('http://gateway/services/service_1/'))
  expect(timed.headers.get('server-timing')).toMatch(/^total;dur=\d+\.\d$/)
  expect(await timed.text()).toBe('a')
  const plain = await gateway.fetch(new Request('http://gateway/services/service_2/'))
  expect(plain.headers.has('server-timing')).toBe(false)
  expect(await plain.text()).toBe('b')
})
