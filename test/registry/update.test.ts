import { expect, it } from 'vitest'
import { type Instance, instance } from '../../src/plugin/index.ts'
import type { Served } from '../../src/registry/guard.ts'
import { serviceChange, serviceUpdate, tableUpdates } from '../../src/registry/update.ts'

const list = (count: number) => Array.from({ length: count }, (_, at) => instance({ host: '10.0.0.1', port: at + 1 }))
const served = (count: number): Served => ({ instances: list(count), held: [], absent: false })

it('says what is out of the ordinary, and nothing of it otherwise', () => {
  expect(Object.keys(serviceUpdate('a', served(1)))).toEqual(['name', 'instances'])
  const kept = serviceUpdate('a', { ...served(1), held: ['10.0.0.1:1'], absent: true })
  expect(kept).toMatchObject({ held: ['10.0.0.1:1'], absent: true })
})

it('says of a change who is new or other, and who has left', () => {
  const [one, two, three] = list(3) as [Instance, Instance, Instance]
  const heavy = { ...two, weight: 5 }
  const before = { instances: [one, two], held: [], absent: false }
  const after = { instances: [{ ...one }, heavy, three], held: [], absent: false }
  expect(serviceChange('a', before, after)).toEqual({ name: 'a', instances: [heavy, three], gone: [] })
  expect(serviceChange('a', after, before)).toEqual({ name: 'a', instances: [two], gone: [three.id] })
  const kept = { ...before, held: [one.id] }
  expect(serviceChange('a', before, kept)).toEqual({ name: 'a', instances: [], gone: [], held: [one.id] })
})

it('survives the channel between processes', () => {
  const update = serviceUpdate('a', { ...served(2), held: ['10.0.0.1:2'] })
  expect(JSON.parse(JSON.stringify(update))).toEqual(update)
})

it('tells a large table in pieces, each service once, and a small one in one', () => {
  const table = new Map(Array.from({ length: 500 }, (_, at) => [`s${at}`, served(10)]))
  const updates = [...tableUpdates(table)]
  expect(updates.length).toBeGreaterThan(4)
  expect(updates.flatMap(({ services }) => services.map(({ name }) => name))).toEqual([...table.keys()])
  expect([...tableUpdates(new Map([['a', served(3)]]))]).toHaveLength(1)
  expect([...tableUpdates(new Map())]).toEqual([])
})

it('tells of what changed while it was being told', () => {
  const table = new Map(Array.from({ length: 500 }, (_, at) => [`s${at}`, served(10)]))
  const names: string[] = []
  for (const { services } of tableUpdates(table)) {
    names.push(...services.map(({ name }) => name))
    table.delete('s499')
    table.set('late', served(1))
  }
  expect(names).toContain('late')
  expect(names).not.toContain('s499')
})
