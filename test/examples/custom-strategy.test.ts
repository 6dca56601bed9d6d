import { describe, expect, it } from 'vitest'
import byHeader from '../../examples/custom-strategy/by-header.ts'
import { endpoints, pickContext, pluginContext, strategyContract } from '../contract/index.ts'
import { exampleWith, startGateway, startInstance } from './rig.ts'

describe('by-header', () => {
  for (const law of strategyContract(byHeader)) it(law.name, () => law.run())
})

it('sends a user to the same instance each time, and other users to others', async () => {
  const addresses = await Promise.all(['a', 'b', 'c'].map(startInstance))
  const gateway = await startGateway(await exampleWith('custom-strategy', { service_1: addresses }))
  const servedBy = async (user: string) => {
    const request = new Request('http://gateway/services/service_1/', { headers: { 'x-user': user } })
    return (await gateway.fetch(request)).text()
  }
  const users = Array.from({ length: 30 }, (_, index) => `user-${index}`)
  const first = await Promise.all(users.map(servedBy))
  expect(await Promise.all(users.map(servedBy))).toEqual(first)
  expect(new Set(first)).toEqual(new Set(['a', 'b', 'c']))
})

it('moves only the users of an instance that has left', () => {
  const strategy = byHeader.create({ header: 'x-user' }, pluginContext())
  const all = endpoints('a', 'b', 'c')
  for (let user = 0; user < 100; user++) {
    const request = pickContext({ header: () => `user-${user}` })
    const before = strategy.pick(all, request)
    const after = strategy.pick(all.slice(0, 2), request)
    if (before !== all[2]) expect(after).toBe(before)
  }
})
