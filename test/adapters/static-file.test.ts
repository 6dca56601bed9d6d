import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { staticFile } from '../../adapters/static-file.ts'
import { type AdapterHarness, type AdapterRig, adapterContract, type Summary } from '../contract/index.ts'
import { subject } from '../support/adapter.ts'

class FileRig implements AdapterRig {
  readonly options: { path: string }
  readonly #folder: string
  readonly #broken = new Set<string>()
  #truth: Summary = {}

  constructor(folder: string) {
    this.#folder = folder
    this.options = { path: join(folder, 'services.yaml') }
  }

  publish(truth: Summary) {
    this.#truth = truth
    return this.mend()
  }

  publishBroken(service: string) {
    this.#broken.add(service)
    return this.mend()
  }

  cut() {
    return rm(this.options.path, { force: true })
  }

  mend() {
    const entries = Object.entries(this.#truth).map(([name, list]) => [
      name,
      this.#broken.has(name) ? ['?', ...list] : list,
    ])
    return replace(this.options.path, JSON.stringify({ services: Object.fromEntries(entries) }))
  }

  open() {
    return process.getActiveResourcesInfo().filter((kind) => kind === 'FSEventWrap').length
  }

  close() {
    return rm(this.#folder, { recursive: true })
  }
}

const newFolder = () => mkdtemp(join(tmpdir(), 'static-file-'))
const harness: AdapterHarness = { cuts: true, rig: async () => new FileRig(await newFolder()) }

describe('the static file, as an adapter', () => {
  for (const law of adapterContract(staticFile, harness)) it(law.name, law.run)
})

describe('what a static file says', () => {
  it('gives every field of an instance', async () => {
    const { follow } = await written(`services:
  one:
    - { address: '10.0.0.2:8080', weight: 2, zone: a, status: draining, tls: true, metadata: { version: 3, canary: true } }
    - '[::1]:80'
`)
    const view = await follow().shows({ one: ['10.0.0.2:8080', '[::1]:80'] })
    const shared = { status: 'up', tls: false, weight: 1, metadata: {} }
    const [full, short] = view.get('one')!
    const metadata = { version: '3', canary: 'true' }
    const fields = { weight: 2, zone: 'a', status: 'draining', tls: true, metadata }
    expect(full).toEqual({ id: '10.0.0.2:8080', host: '10.0.0.2', port: 8080, ...fields })
    expect(short).toEqual({ id: '[::1]:80', host: '::1', port: 80, ...shared })
  })

  it('takes a list with nothing in it, and an alias', async () => {
    const { follow } = await written(`services:
  one: &one ['10.0.0.1:80']
  two: *one
  none:
    # - 10.0.0.2:80
`)
    await follow().shows({ one: ['10.0.0.1:80'], two: ['10.0.0.1:80'], none: [] })
  })

  it.each([
    ['[10.0.0.1:80', 'services.yaml:2:20  Flow sequence'],
    ['10.0.0.1:80', 'services.yaml:2:8  services.one must be a list of instances'],
    ['[]\n  one: []', 'services.yaml:3:3  Map keys must be unique'],
    ['[]\n  "a/b": []', 'services.yaml:3:3  "a/b" is not a service name'],
    ['[]\nservice: {}', 'services.yaml:3:1  unknown key "service"; known: services'],
  ])('points at the mistake in %j', async (list, message) => {
    const { follow } = await written(`services:\n  one: ${list}`)
    expect((await follow().failure()).message).toContain(message)
  })

  it.each(['', 'services', 'services: []', '- a'])('says what it wants instead of %j', async (text) => {
    const { follow } = await written(text)
    expect((await follow().failure()).message).toMatch(/services\.yaml:1:\d+ {2}services must be a mapping/)
  })

  it('names a file that is missing', async () => {
    const { follow } = await subject(staticFile, { path: '/nowhere/services.yaml' })
    expect((await follow().failure()).message).toBe(
      'cannot read /nowhere/services.yaml: ENOENT: no such file or directory',
    )
  })

  it.each([
    ['nonsense', '"nonsense" is not an address; write "10.0.0.1:8080" or "[::1]:8080"'],
    ['10.0.0.1:0', 'port 0 is not between 1 and 65535'],
    ['{ address: "a:1", weight: 0 }', 'weight 0 is not between 0 and 1000000'],
    ['{ address: "a:1", wieght: 2 }', 'Unrecognized key: "wieght"'],
    ['{ address: "a:1", status: UP }', 'status: Invalid option'],
    ['~', 'expected object'],
    ['10.0.0.1:80', '10.0.0.1:80 is in the list twice'],
  ])('leaves out the instance %s and says where it stands', async (item, reason) => {
    const { follow, warnings } = await written(
      `services:\n  one:\n    - 10.0.0.1:80\n    - ${item}\n  two: ['10.0.0.2:80']`,
    )
    await follow().shows({ one: ['10.0.0.1:80'], two: ['10.0.0.2:80'] })
    expect(warnings).toEqual([expect.stringContaining('services.yaml:4:7  instance left out: ')])
    expect(warnings[0]).toContain(reason)
  })
})

describe('how a static file is followed', () => {
  it('sees a new file renamed over it, again and again', async () => {
    const { follow, file } = await written(services('10.0.0.1:80'))
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80'] })
    for (const address of ['10.0.0.2:80', '10.0.0.3:80', '10.0.0.4:80']) {
      await replace(file, services(address))
      await following.shows({ one: [address] })
    }
  })

  it('sees it written in place', async () => {
    const { follow, file } = await written(services('10.0.0.1:80'))
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80'] })
    await writeFile(file, services('10.0.0.2:80'))
    await following.shows({ one: ['10.0.0.2:80'] })
  })

  it('sees the folder behind it swapped, as a ConfigMap is', async () => {
    const folder = await temporary()
    const versions = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80']
    for (const [index, address] of versions.entries()) {
      await mkdir(join(folder, `..${index}`))
      await writeFile(join(folder, `..${index}`, 'services.yaml'), services(address))
    }
    await symlink('..0', join(folder, '..data'))
    await symlink(join('..data', 'services.yaml'), join(folder, 'services.yaml'))
    const following = (await subject(staticFile, { path: join(folder, 'services.yaml') })).follow()
    await following.shows({ one: [versions[0]!] })
    for (const index of [1, 2]) {
      await symlink(`..${index}`, join(folder, '..tmp'))
      await rename(join(folder, '..tmp'), join(folder, '..data'))
      await following.shows({ one: [versions[index]!] })
    }
  })

  it('fails when it is broken, and reads it again when it is mended', async () => {
    const { follow, file } = await written(services('10.0.0.1:80'))
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80'] })
    await writeFile(file, 'services: {')
    expect((await following.failure()).message).toContain('services.yaml:1:')
    expect((await follow().failure()).message).toContain('services.yaml:1:')
    await writeFile(file, services('10.0.0.2:80'))
    await follow().shows({ one: ['10.0.0.2:80'] })
  })

  it('fails when it is deleted, and reads it again when it is back', async () => {
    const { follow, file } = await written(services('10.0.0.1:80'))
    const following = follow()
    await following.shows({ one: ['10.0.0.1:80'] })
    await rm(file)
    expect((await following.failure()).message).toContain('ENOENT')
    await writeFile(file, services('10.0.0.1:80', '10.0.0.2:80'))
    await follow().shows({ one: ['10.0.0.1:80', '10.0.0.2:80'] })
  })
})

async function written(text: string) {
  const file = join(await temporary(), 'services.yaml')
  await writeFile(file, text)
  return { file, ...(await subject(staticFile, { path: file })) }
}

async function temporary(): Promise<string> {
  const folder = await newFolder()
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.tmp`, text)
  await rename(`${file}.tmp`, file)
}

const services = (...addresses: string[]) => JSON.stringify({ services: { one: addresses } })
