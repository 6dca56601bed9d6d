import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { folder } from '../catalog/folder.ts'
import { MAIN, startGateway } from '../support/gateway.ts'
import { freePort } from '../support/zookeeper-probe.ts'

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** One run of the built command, to its end. */
function portolan(args: readonly string[], { cwd = process.cwd(), env = {} } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

const ALL_WRONG = `
registry: { type: zookeper, options: {} }
server: { port: 99999, workers: many, limits: { headerBytes: 16 } }
balancing: p2cc
upstream: { connectTimeout: 30, responseTimout: 5s }
routing:
  - { mode: paths }
middleware: [cros]
plugins: [./nowhere.mjs]
services: { 'a b': {} }
`

it('validates a right file with 0', async () => {
  for (const file of ['config/gateway.yaml', 'config/zookeeper.yaml']) {
    const { code, out, err } = await portolan(['validate', file])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^${file}: ok; `))
  }
})

it('validates a wrong file with 78 and shows all that is wrong, each with its place', async () => {
  const cwd = folder({ 'gateway.yaml': ALL_WRONG })
  const { code, out, err } = await portolan(['validate', 'gateway.yaml'], { cwd })
  expect({ code, out }).toEqual({ code: 78, out: '' })
  for (const [place, word] of [
    ['2:19', 'zookeper'],
    ['3:17', '65535'],
    ['3:33', 'many'],
    ['3:62', 'unit'],
    ['4:12', 'p2cc'],
    ['5:29', 'unit'],
    ['5:33', 'responseTimout'],
    ['7:13', 'paths'],
    ['8:14', 'cros'],
    ['9:11', 'nowhere.mjs'],
    ['10:13', 'a b'],
  ] as const) {
    const lines = err.split('\n').filter((line) => line.startsWith(`gateway.yaml:${place} `))
    expect([place, ...lines]).toEqual([place, expect.stringContaining(word)])
  }
  expect(err).toContain('zookeeper')
  expect(err).toContain('responseTimeout')
})

it('runs nothing from a wrong file, a file that is not there or one that is no YAML, and exits with 78', async () => {
  const cwd = folder({ 'wrong.yaml': ALL_WRONG, 'torn.yaml': 'registry: [', 'empty.yaml': '' })
  for (const file of ['wrong.yaml', 'torn.yaml', 'empty.yaml', 'gone.yaml']) {
    const { code, out, err } = await portolan(['run', file], { cwd })
    expect({ file, code, out }).toEqual({ file, code: 78, out: '' })
    expect(err).toContain(file)
    expect(err).not.toMatch(/\n\s+at /)
  }
})

it('takes values from the environment, and says which one is missing', async () => {
  const variable = (name: string) => `\${${name}}`
  const cwd = folder({
    'gateway.yaml': `registry: { type: static-file, options: { path: '${variable('SERVICES')}' } }`,
  })
  expect((await portolan(['validate'], { cwd, env: { SERVICES: 'services.yaml' } })).code).toBe(0)
  const { code, err } = await portolan(['validate'], { cwd })
  expect(code).toBe(78)
  expect(err).toContain('SERVICES')
})

it('exits with 64 for what it does not know', async () => {
  for (const args of [['serve'], ['run', '--fast'], ['run', 'a.yaml', 'b.yaml'], ['--loud'], []]) {
    const { code, err } = await portolan(args)
    expect({ args, code }).toEqual({ args, code: 64 })
    expect(err).not.toBe('')
  }
})

it('prints its schema as JSON', async () => {
  const { code, out } = await portolan(['schema'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ required: ['registry'] })
})

it('prints all of it to a reader that is slower than itself', async () => {
  const piped = `"${process.execPath}" ${MAIN} schema | (sleep 1; cat)`
  const { stdout } = await promisify(execFile)('sh', ['-c', piped])
  expect(JSON.parse(stdout)).toMatchObject({ required: ['registry'] })
})

it('prints its help and its version with 0', async () => {
  for (const args of [['--help'], ['help'], ['run', '--help']]) {
    const { code, out } = await portolan(args)
    expect({ args, code }).toEqual({ args, code: 0 })
    expect(out).toContain('Usage: portolan')
  }
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(await portolan(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

it('finds a running gateway healthy, and one that is gone not', async () => {
  const port = await freePort()
  const gateway = await startGateway(`admin: { port: ${port} }`, { services: {} })
  const file = join(gateway.folder, 'gateway.yaml')
  expect(await portolan(['healthcheck', file])).toEqual({ code: 0, out: '', err: '' })
  expect((await gateway.stop()).code).toBe(0)
  const { code, err } = await portolan(['healthcheck', file])
  expect(code).toBe(1)
  expect(err).toMatch(/^portolan: no answer from the admin port [^\n]*\n$/)
})
