import { expect, it, onTestFinished } from 'vitest'
import { createShop } from '../../examples/embedded/app.ts'
import { exampleWith, startInstance } from './rig.ts'

it('answers its own paths, and hands the others to services', async () => {
  const shop = await createShop(await exampleWith('embedded', { service_1: [await startInstance('a')] }))
  onTestFinished(() => shop.close())
  const get = async (path: string) => shop.fetch(new Request(`http://shop${path}`))
  expect(await (await get('/')).text()).toBe('Welcome to the shop.\n')
  expect(await (await get('/services/service_1/')).text()).toBe('a')
  expect((await get('/services/nobody/')).headers.get('x-portolan-error')).toBe('GW_SERVICE_NOT_FOUND')
  expect((await get('/elsewhere')).headers.has('x-portolan-error')).toBe(false)
})

it('keeps the request id that a caller brings, and gives others one that is not a mere count', async () => {
  const shop = await createShop(await exampleWith('embedded', {}))
  onTestFinished(() => shop.close())
  const idOf = async (headers: Record<string, string>) => {
    const response = await shop.fetch(new Request('http://shop/services/nobody/', { headers }))
    return ((await response.json()) as { requestId: string }).requestId
  }
  expect(await idOf({ 'x-request-id': 'mine' })).toBe('mine')
  expect(await idOf({})).toMatch(/^[0-9a-f]{12}-\w+$/)
})
