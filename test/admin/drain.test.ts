import { expect, it } from 'vitest'
import { instance } from '../../src/plugin/index.ts'
import { view } from '../contract/index.ts'
import { asked } from './asked.ts'

const [A, B] = ['10.0.0.1:80', '10.0.0.2:80']
const path = (id: string, verb: string) => `/api/services/a/instances/${encodeURIComponent(id)}/${verb}`

it('gives an instance no new work, takes that back, and says whether anything has changed', async () => {
  const { post, registry, context } = await asked([view({ a: [A, B] })])
  const statuses = () => registry.table.get('a')!.instances.map(({ status }) => status)
  const answered = async (verb: string) => (await post(path(A, verb))).json()
  expect(await answered('drain')).toEqual({ service: 'a', instance: A, changed: true })
  expect(await answered('drain')).toEqual({ service: 'a', instance: A, changed: false })
  expect(statuses()).toEqual(['draining', 'up'])
  expect(await answered('undrain')).toEqual({ service: 'a', instance: A, changed: true })
  expect(await answered('undrain')).toEqual({ service: 'a', instance: A, changed: false })
  expect(statuses()).toEqual(['up', 'up'])
  const logged = context.entries.filter(({ message }) => message.includes('drained'))
  expect(logged.map(({ message }) => message)).toEqual([
    'an instance is drained by the admin API',
    'an instance is no longer drained',
  ])
})

it('answers 404 for a service or an instance that there is not', async () => {
  const { post } = await asked([view({ a: [A] })])
  for (const [url, error] of [
    [path(B, 'drain'), `service "a" has no instance "${B}"`],
    [path(B, 'undrain'), `service "a" has no instance "${B}"`],
    ['/api/services/x/instances/y/drain', 'no registry knows the service "x"'],
  ]) {
    const response = await post(url!)
    expect([response.status, await response.json()]).toEqual([404, { error }])
  }
})

it('takes an id with any characters, percent-encoded', async () => {
  const id = 'node/1 ü%2F'
  const { post } = await asked([new Map([['a', [instance({ id, host: '10.0.0.1', port: 80 })]]])])
  expect(await (await post(path(id, 'drain'))).json()).toEqual({ service: 'a', instance: id, changed: true })
})

it('hears no page of another origin, and wants the token', async () => {
  const { post, registry } = await asked([view({ a: [A] })])
  expect((await post(path(A, 'drain'), { origin: 'http://evil.example', host: 'gateway' })).status).toBe(403)
  expect(registry.table.get('a')!.instances[0]!.status).toBe('up')
  const secured = await asked([view({ a: [A] })], { token: 'secret-secret-secret' })
  expect((await secured.post(path(A, 'drain'))).status).toBe(401)
  const authorization = 'Bearer secret-secret-secret'
  expect((await secured.post(path(A, 'drain'), { authorization })).status).toBe(200)
})
