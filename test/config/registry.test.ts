import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { errorOf, parse } from './support.ts'

const ZOOKEEPER = 'type: zookeeper, options: { hosts: [zoo1:2181] }'
const registriesOf = async (text: string) => (await parse(`registry: ${text}`, {}, 'etc/gateway.yaml')).config.registry

it('is one registry, or several in order', async () => {
  const one = await registriesOf(`{ ${ZOOKEEPER} }`)
  expect(one.map(({ name }) => name)).toEqual(['zookeeper'])
  const two = await registriesOf(`[{ ${ZOOKEEPER} }, { type: static-file, merge: first, options: { path: s } }]`)
  expect(two.map(({ name, merge }) => `${name} ${merge}`)).toEqual(['zookeeper union', 'static-file first'])
})

it('keeps what leaves a remote registry in doubt, and nothing of a local file', async () => {
  const text = `[{ ${ZOOKEEPER} }, { type: static-file, options: { path: s } }]`
  expect(await registriesOf(text)).toMatchObject([
    { onEmpty: 'hold', settleMs: null, snapshot: resolve('etc/portolan-snapshot-zookeeper.json') },
    { onEmpty: 'clear', settleMs: 0, snapshot: null },
  ])
})

it('does as it is told', async () => {
  const settings = 'name: zk, onEmpty: clear, settle: 5s, snapshot: /var/lib/zk.json'
  const expected = { name: 'zk', onEmpty: 'clear', settleMs: 5000, snapshot: '/var/lib/zk.json' }
  expect(await registriesOf(`{ ${ZOOKEEPER}, ${settings} }`)).toMatchObject([expected])
  expect(await registriesOf(`{ ${ZOOKEEPER}, snapshot: null, settle: 0 }`)).toMatchObject([
    { snapshot: null, settleMs: 0 },
  ])
})

it.each([
  [`[{ ${ZOOKEEPER} }, { ${ZOOKEEPER} }]`, 'two registries are called "zookeeper"; give one of them a name'],
  [`{ ${ZOOKEEPER}, name: A b }`, 'registry.name: "A b" is not a name of lower-case letters'],
  [`{ ${ZOOKEEPER}, onEmpty: keep }`, 'registry.onEmpty: "keep" is not one of hold, clear'],
  [`{ ${ZOOKEEPER}, settle: 30 }`, 'registry.settle: '],
  [`{ ${ZOOKEEPER}, merge: frist }`, 'registry.merge: "frist" is not one of union, first; did you mean "first"?'],
  [`{ ${ZOOKEEPER}, snapshots: x }`, 'registry.snapshots: unknown key "snapshots"; did you mean "snapshot"?'],
  ['[]', 'registry: needs at least 1 entry'],
  [`[{ ${ZOOKEEPER} }, { type: zookeper }]`, 'registry[1].type: unknown adapter "zookeper"; did you mean "zookeeper"?'],
  ['[{ type: zookeeper, options: { hosts: [] } }]', 'registry[0].options.hosts: needs at least 1 entry'],
])('refuses %s', async (text, problem) => {
  expect((await errorOf(`registry: ${text}`)).message).toContain(problem)
})
