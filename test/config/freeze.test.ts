import { expect, it } from 'vitest'
import { deepFreeze } from '../../src/config/freeze.ts'
import { configOf } from './support.ts'

it('freezes the configuration all the way down', async () => {
  const config = await configOf('services: { a: { middleware: [cors] } }\nmiddleware: [cors]')
  const parts = [
    config,
    config.server.limits,
    config.routing,
    config.routing[0],
    config.registry[0]!.options,
    config.middleware[0]?.options,
    config.services,
    config.services.get('a'),
    config.services.get('a')?.upstream,
  ]
  for (const part of parts) expect(Object.isFrozen(part)).toBe(true)
})

it('keeps Maps from being written to', async () => {
  const services = (await configOf('services: { a: {} }')).services as Map<string, unknown>
  expect(() => services.set('b', {})).toThrow('the configuration is frozen')
  expect(() => services.delete('a')).toThrow('the configuration is frozen')
  expect(() => services.clear()).toThrow('the configuration is frozen')
  expect([...services.keys()]).toEqual(['a'])
})

it('leaves the instances that options hold alone, and ends in circles', () => {
  const circle: Record<string, unknown> = { url: new URL('http://a.example') }
  circle.self = circle
  deepFreeze(circle)
  expect(Object.isFrozen(circle)).toBe(true)
  expect(Object.isFrozen(circle.url)).toBe(false)
})
