import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { instance } from '../../src/plugin/index.ts'
import { originOf, SnapshotFile } from '../../src/registry/snapshot.ts'
import { view } from '../contract/index.ts'

const OPTIONS = { hosts: ['zoo1:2181'] }
const services = view({ a: ['10.0.0.1:80', '10.0.0.2:80'], none: [] })

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'snapshot-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'snapshot.json')
}

const fileAt = (path: string, options: object = OPTIONS) => new SnapshotFile(path, originOf('zk', 'zookeeper', options))

it('gives back what was saved, and says when that was', async () => {
  const file = fileAt(await place())
  const full = instance({
    host: '::1',
    port: 443,
    tls: true,
    zone: 'a',
    status: 'draining',
    registeredAt: 5,
    metadata: { b: 'c' },
  })
  const saved = new Map([...services, ['full', [full]]])
  const before = Date.now()
  await file.save(saved)
  const snapshot = (await file.load())!
  expect(new Map(snapshot.view)).toEqual(saved)
  expect(snapshot.savedAt).toBeGreaterThanOrEqual(before)
})

it('is no error when there is none', async () => {
  expect(await fileAt(await place()).load()).toBeUndefined()
})

it('replaces the file as a whole and leaves nothing beside it', async () => {
  const path = await place()
  const file = fileAt(path)
  await file.save(services)
  await file.save(view({ b: ['10.0.0.3:80'] }))
  expect([...(await file.load())!.view].map(([name]) => name)).toEqual(['b'])
  expect(await readdir(join(path, '..'))).toEqual(['snapshot.json'])
})

it('leaves the file as it was when it cannot write a new one', async () => {
  const path = await place()
  const file = fileAt(path)
  await file.save(services)
  const broken = function* (): Generator<[string, []]> {
    yield ['a', []]
    throw new Error('no more')
  }
  await expect(file.save(broken())).rejects.toThrow('no more')
  expect(new Map((await file.load())!.view)).toEqual(services)
  expect(await readdir(join(path, '..'))).toEqual(['snapshot.json'])
})

it('keeps what is in the options to itself', async () => {
  const path = await place()
  await fileAt(path, { ...OPTIONS, password: 'swordfish' }).save(services)
  expect(await readFile(path, 'utf8')).not.toContain('swordfish')
})

it('is refused at whatever byte it is torn', async () => {
  const path = await place()
  await fileAt(path).save(services)
  const whole = await readFile(path, 'utf8')
  for (let bytes = 0; bytes < whole.length - 1; bytes++) {
    await writeFile(path, whole.slice(0, bytes))
    await expect(fileAt(path).load(), `of ${bytes} bytes`).rejects.toThrow()
  }
})

it.each([
  ['no snapshot', '{"services":{}}\n', 'it is no snapshot'],
  ['bytes', '\u0000\uffff', 'it is no snapshot'],
  ['a later version', '{"format":"portolan-snapshot","version":2}\n{"end":0}\n', 'its version is 2, not 1'],
])('is refused when it is %s', async (_what, text, reason) => {
  const path = await place()
  await writeFile(path, text.includes('end') ? text : `${text}{"end":0}\n`)
  await expect(fileAt(path).load()).rejects.toThrow(reason)
})

it('is refused when it is of another registry, or of the same one read otherwise', async () => {
  const path = await place()
  await fileAt(path).save(services)
  await expect(new SnapshotFile(path, originOf('b', 'zookeeper', OPTIONS)).load()).rejects.toThrow(
    'of the registry zk (zookeeper), not b',
  )
  await expect(fileAt(path, { hosts: ['zoo2:2181'] }).load()).rejects.toThrow('made with other options')
})

it('is refused when an instance in it cannot be connected to', async () => {
  const path = await place()
  await fileAt(path).save(services)
  await writeFile(path, (await readFile(path, 'utf8')).replace('"port":80', '"port":0'))
  await expect(fileAt(path).load()).rejects.toThrow('port 0 is not between 1 and 65535')
})
