import { expect, it } from 'vitest'
import { type Instance, type InstanceFields, instance, type RegistryView } from '../../src/plugin/index.ts'
import { pushed } from '../support/pushed.ts'
import { snapshotAt, specOf, started } from './started.ts'

const A = '10.0.0.1:80'
const one = (fields: Partial<InstanceFields> = {}) =>
  instance({ host: '10.0.0.1', port: 80, registeredAt: 1, ...fields })
const other = instance({ host: '10.0.0.2', port: 80 })
const view = (...instances: Instance[]): RegistryView => new Map([['a', instances]])

async function drained(...first: Instance[]) {
  const adapter = pushed()
  const all = started(specOf(adapter))
  await adapter.push(view(...first))
  expect(all.registry.drain('a', A)).toBe(true)
  const status = () => all.registry.table.get('a')?.instances.find(({ id }) => id === A)?.status
  return { ...all, adapter, status }
}

it('tells those who follow, as a change of the one instance', async () => {
  const { updates, registry } = await drained(one(), other)
  const last = () => updates.at(-1)!.services
  expect(last()).toEqual([{ name: 'a', instances: [{ ...one(), status: 'draining' }], gone: [] }])
  registry.undrain('a', A)
  expect(last()).toEqual([{ name: 'a', instances: [one()], gone: [] }])
})

it('survives what a registry changes of the instance', async () => {
  const { adapter, registry, status } = await drained(one(), other)
  await adapter.push(view(one({ weight: 5 })))
  expect(status()).toBe('draining')
  expect(registry.table.get('a')!.instances[0]!.weight).toBe(5)
  expect([...registry.standing('a')!.drained]).toEqual([A])
})

it('ends when the instance leaves', async () => {
  const { adapter, status } = await drained(one(), other)
  await adapter.push(view(other))
  await adapter.push(view(one(), other))
  expect(status()).toBe('up')
})

it('ends when the instance registers anew', async () => {
  const { adapter, registry, status } = await drained(one())
  await adapter.push(view(one({ registeredAt: 2 })))
  expect(status()).toBe('up')
  expect(registry.standing('a')!.drained.size).toBe(0)
})

it('ends when the id is that of another address', async () => {
  const { adapter, status } = await drained(one({ id: A, registeredAt: 0 }))
  await adapter.push(view(one({ id: A, registeredAt: 0, port: 81 })))
  expect(status()).toBe('up')
})

it('does not end while an instance that shares its id with one of another registry is not served', async () => {
  const [first, second] = [pushed(), pushed()]
  const { registry, reached } = started(specOf(first), specOf(second, { name: 'two' }))
  await first.push(view(one({ id: 'x' }), other))
  await second.push(view(one({ id: 'x', host: '10.0.0.3' }), one({ id: 'y', host: '10.0.0.4' })))
  const served = () => registry.table.get('a')!.instances.find(({ id }) => id === 'x@two')
  expect(registry.drain('a', 'x@two')).toBe(true)
  await second.push(new Error('lost'))
  registry.unreachable('a', 'x@two')
  expect(served()).toBeUndefined()
  reached.add('x')
  await second.push(view(one({ id: 'x', host: '10.0.0.3' }), one({ id: 'y', host: '10.0.0.4' })))
  expect(served()!.status).toBe('draining')
})

it('does not end while the instance is not served because it failed when the registry was away', async () => {
  const { adapter, registry, status, reached } = await drained(one(), other)
  registry.undrain('a', A)
  registry.drain('a', A)
  await adapter.push(new Error('lost'))
  registry.unreachable('a', A)
  expect(status()).toBeUndefined()
  reached.add(A)
  await adapter.push(view(one(), other))
  expect(status()).toBe('draining')
})

it('can be taken back while the instance is not served', async () => {
  const { adapter, registry, status, reached } = await drained(one(), other, instance({ host: '10.0.0.3', port: 80 }))
  await adapter.push(new Error('lost'))
  registry.unreachable('a', A)
  expect([status(), registry.undrain('a', A), registry.undrain('a', A)]).toEqual([undefined, true, undefined])
  reached.add(A)
  await adapter.push(view(one(), other))
  expect(status()).toBe('up')
})

it('leaves one that is registered as down as it is, and a snapshot without a trace', async () => {
  const { status } = await drained(one({ status: 'down' }))
  expect(status()).toBe('down')

  const snapshot = await snapshotAt()
  const adapter = pushed()
  const { registry } = started(specOf(adapter, { snapshot }))
  await adapter.push(view(one()))
  registry.drain('a', A)
  await registry.close()
  expect((await snapshot.load())!.view.get('a')).toMatchObject([{ id: A, status: 'up' }])
})

it('knows no instance that is not served', async () => {
  const { registry } = await drained(one())
  expect(registry.drain('a', other.id)).toBeUndefined()
  expect(registry.undrain('b', A)).toBeUndefined()
})
