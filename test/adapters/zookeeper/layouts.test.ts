import { expect, it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { scratchRoot, sharedZooKeeper } from '../../support/zookeeper.ts'
import { apisixOwn, samples, vectors } from './layouts/samples.ts'

it('shows instances of all layouts in one service, and what each was recognised as', async () => {
  const { root, writer, follow, warnings } = await scratch()
  for (const { name, data } of Object.values(samples))
    await (data === null ? writer.createNull(`${root}/all/${name}`) : writer.create(`${root}/all/${name}`, data))
  const names = Object.keys(samples).sort()
  const view = await follow().until((view) => view.get('all')?.length === names.length)
  expect(
    view
      .get('all')!
      .map(({ layout }) => layout)
      .sort(),
  ).toEqual(names)
  expect(warnings).toEqual([])
})

it('follows the weights of a serverset', async () => {
  const { root, writer, follow } = await scratch()
  const { name, data } = samples.serverset
  await writer.create(`${root}/set/${name}`, data)
  const following = follow()
  const weighs = (weight: number) => following.until((view) => view.get('set')?.[0]?.weight === weight, `${weight}`)
  await weighs(1)
  await writer.create(`${root}/set/vector_1`, vectors)
  await weighs(1.2)
  await writer.set(`${root}/set/vector_1`, vectors.replace('1.2', '3'))
  await weighs(3)
  await writer.remove(`${root}/set/vector_1`)
  await weighs(1)
})

it('leaves out what it cannot speak to, and says so', async () => {
  const { root, writer, follow, warnings } = await scratch()
  const url = (scheme: string) => encodeURIComponent(`${scheme}://10.0.0.1:20880/a.B`)
  await writer.create(`${root}/mixed/${url('dubbo')}`)
  await writer.create(`${root}/mixed/${url('tri')}`)
  await follow().shows({ mixed: ['10.0.0.1:20880'] })
  expect(warnings).toEqual([`${root}/mixed/${url('dubbo')} left out: not HTTP: dubbo://10.0.0.1:20880`])
})

it('reads the providers of an interface of Dubbo, and not the folders beside them', async () => {
  const { root, writer, follow, warnings } = await scratch()
  const { name, data } = samples.dubbo
  for (const folder of ['configurators', 'consumers', 'routers']) await writer.create(`${root}/a.Demo/${folder}`)
  await writer.create(`${root}/a.Demo/providers/${name}`, data)
  const following = follow()
  await following.shows({ 'a.Demo': ['172.19.4.113:50051'] })
  const other = encodeURIComponent('tri://10.0.0.1:50051/a.Demo')
  await writer.create(`${root}/a.Demo/providers/${other}`)
  await following.shows({ 'a.Demo': ['10.0.0.1:50051', '172.19.4.113:50051'] })
  await writer.remove(`${root}/a.Demo/providers/${name}`)
  await writer.remove(`${root}/a.Demo/providers/${other}`)
  await following.shows({ 'a.Demo': [] })
  expect(warnings).toEqual([])
})

it('reads the list that is the data of a service, as APISIX has it, and follows it', async () => {
  const { root, writer, follow, warnings } = await scratch()
  await writer.create(`${root}/listed`, apisixOwn)
  const following = follow()
  await following.shows({ listed: ['127.0.0.1:1980'] })
  await writer.set(`${root}/listed`, '[{"host":"a","port":1},{"host":"b","port":2}]')
  await following.shows({ listed: ['a:1', 'b:2'] })
  await writer.set(`${root}/listed`, '[]')
  await following.shows({ listed: [] })
  expect(warnings).toEqual([])
})

it('takes the port and the metadata keys that the options name', async () => {
  const { root, writer } = await scratch()
  const { name, data } = samples.serverset
  await writer.create(`${root}/set/${name}`, data.replace('"k":"v"', '"capacity":"7"'))
  const options = { hosts: sharedZooKeeper(), root, port: 'aurora', metadata: { weight: 'capacity' } }
  const view = await (await subject(zookeeper, options)).follow().until((view) => view.get('set')?.length === 1)
  expect(view.get('set')![0]).toMatchObject({ port: 31863, weight: 7 })
})

async function scratch() {
  const { root, writer } = await scratchRoot()
  return { root, writer, ...(await subject(zookeeper, { hosts: sharedZooKeeper(), root })) }
}
