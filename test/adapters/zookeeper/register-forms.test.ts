import { hostname } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formOf } from '../../../adapters/zookeeper/forms.ts'
import { type InstanceFields, instance } from '../../../src/plugin/index.ts'
import { Following } from '../../contract/index.ts'
import { registering } from './registering.ts'

const RICH = { weight: 2, zone: 'eu-1a', metadata: { version: '3' } }

/** A registration as text. */
function written(layout: string, service: string, fields: InstanceFields) {
  const { name, data } = formOf(layout, service, instance(fields))
  return { name, text: String(data) }
}

describe('the own form', () => {
  const fields = { host: '10.0.0.1', port: 80 }

  it('is written in the layouts auto, plain and portolan', () => {
    for (const layout of ['auto', 'plain', 'portolan'])
      expect(written(layout, 'one', { ...fields, ...RICH })).toEqual({
        name: '10.0.0.1:80',
        text: '{"weight":2,"zone":"eu-1a","metadata":{"version":"3"}}',
      })
  })

  it('is named by the address, whatever the id', () => {
    expect(written('auto', 'one', { ...fields, id: 'mine' }).name).toBe('10.0.0.1:80')
    expect(written('auto', 'one', { host: '::1', port: 80 }).name).toBe('[::1]:80')
  })
})

describe('the form of registrator', () => {
  const www = { host: '192.168.1.123', port: 49153 }

  it('is, byte for byte, what registrator writes', () => {
    const sample =
      '{"Name":"www","IP":"192.168.1.123","PublicPort":49153,"PrivatePort":80,"ContainerID":"9124853ff0d1","Tags":[],"Attrs":{}}'
    const { name, text } = written('registrator', 'www', www)
    expect(name).toBe('192.168.1.123:49153')
    // What it knows of a container is not known here: the port within, and its name.
    expect(text).toBe(sample.replace('"PrivatePort":80', '"PrivatePort":49153').replace('9124853ff0d1', hostname()))
  })

  it('has the metadata, and what it has no field for, as attributes in their order', () => {
    const { text } = written('registrator', 'www', { ...www, ...RICH, tls: true, status: 'draining' })
    expect(text).toContain('"Attrs":{"status":"DRAINING","tls":"true","version":"3","weight":"2","zone":"eu-1a"}}')
  })
})

describe('the form of Curator', () => {
  const test = { host: '10.20.30.40', port: 1234 }

  it('is, byte for byte, what Curator writes', () => {
    const sample =
      '{"name":"test","id":"ca2fff8e-d756-480c-b59e-8297ff88624b","address":"10.20.30.40","port":1234,"sslPort":null,"payload":null,"registrationTimeUTC":1325129459728,"serviceType":"DYNAMIC","uriSpec":null}'
    const { name, text } = written('curator', 'test', test)
    expect(name).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const { registrationTimeUTC } = JSON.parse(text)
    expect(Math.abs(registrationTimeUTC - Date.now())).toBeLessThan(10_000)
    expect(text).toBe(
      sample
        .replace('ca2fff8e-d756-480c-b59e-8297ff88624b', name)
        .replace('1325129459728', String(registrationTimeUTC)),
    )
  })

  it('has the port of an instance with TLS as its sslPort, and all else as its payload', () => {
    const { text } = written('curator', 'test', { ...test, ...RICH, tls: true })
    expect(JSON.parse(text)).toMatchObject({
      port: null,
      sslPort: 1234,
      payload: { version: '3', weight: '2', zone: 'eu-1a' },
    })
  })
})

describe('in ZooKeeper', () => {
  for (const layout of ['registrator', 'curator'])
    it(`the form of ${layout} is read as what was registered`, async () => {
      const { adapter, writer, root, made } = await registering({ ...RICH, tls: true, layout })
      await made()
      const [name] = (await writer.children(`${root}/one`))!
      expect((await writer.read(`${root}/one/${name}`))!.data).toMatch(/^\{"(Name|name)":"one"/)
      const following = new Following(adapter)
      onTestFinished(() => following.stop())
      const view = await following.shows({ one: ['10.0.0.1:80'] })
      const { weight, zone, metadata } = RICH
      expect(view.get('one')![0]).toMatchObject({ weight, zone, tls: true, status: 'up', metadata })
    })

  it('the form of curator keeps its name and what it says through failures', async () => {
    const { writer, root, made } = await registering({ layout: 'curator' })
    await made()
    const [name] = (await writer.children(`${root}/one`))!
    const before = await writer.read(`${root}/one/${name}`)
    await writer.remove(`${root}/one/${name}`)
    await made(2)
    expect((await writer.read(`${root}/one/${name}`))!.data).toBe(before!.data)
  })

  it('the metadata keys of the options are written where the reader looks for them', async () => {
    const options = { layout: 'registrator', metadata: { weight: 'lb.weight', zone: 'az' } }
    const { adapter, node } = await registering(RICH, options)
    const { Attrs } = JSON.parse((await node()).data)
    expect(Attrs).toEqual({ 'lb.weight': '2', az: 'eu-1a', version: '3' })
    const following = new Following(adapter)
    onTestFinished(() => following.stop())
    const view = await following.shows({ one: ['10.0.0.1:80'] })
    expect(view.get('one')![0]).toMatchObject({ weight: 2, zone: 'eu-1a', layout: 'registrator' })
  })

  it('the layout of the options is the form of whoever asks for none', async () => {
    const { writer, path, made } = await registering({}, { layout: 'registrator' })
    await made()
    expect(JSON.parse((await writer.read(path))!.data)).toMatchObject({ PublicPort: 80 })
  })
})
