import { expect, it } from 'vitest'
import { Catalog } from '../../src/catalog/catalog.ts'
import { defineAdapter, defineStrategy } from '../../src/plugin/index.ts'

const strategy = (name: string) => defineStrategy({ name, create: () => ({ pick: ([first]) => first! }) })
const adapter = (name: string) => defineAdapter({ name, create: () => ({ async *watch() {} }) })

it('finds a plugin by kind and name', () => {
  const [p2c, chart] = [strategy('p2c'), adapter('chart')]
  const catalog = new Catalog([p2c, chart])
  expect(catalog.strategy('p2c')).toBe(p2c)
  expect(catalog.adapter('chart')).toBe(chart)
  expect(catalog.find('middleware', 'p2c')).toBeUndefined()
})

it('keeps the same name apart in two kinds', () => {
  const catalog = new Catalog([strategy('same'), adapter('same')])
  expect(catalog.strategy('same').kind).toBe('strategy')
  expect(catalog.adapter('same').kind).toBe('adapter')
})

it('lists the names of one kind in order', () => {
  expect(new Catalog([strategy('b'), adapter('x'), strategy('a')]).names('strategy')).toEqual(['a', 'b'])
})

it('rejects a second plugin of the same kind and name, and says who was first', () => {
  const catalog = new Catalog([strategy('p2c')])
  expect(() => catalog.add(strategy('p2c'), './mine.ts')).toThrow('strategy "p2c" is already brought by portolan')
  expect(() => new Catalog([strategy('a'), strategy('a')])).toThrow('strategy "a" is already brought by portolan')
})

it('names what is known when asked for what is not', () => {
  expect(() => new Catalog([strategy('p2c')]).strategy('nope')).toThrow('no strategy is named "nope"; known: p2c')
})
