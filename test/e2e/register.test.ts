import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { folder } from '../catalog/folder.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { MAIN } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { type Scratch, scratchRoot, sharedZooKeeper } from '../support/zookeeper.ts'

/** `portolan register`, as a process that does not outlive the test. */
class Registering {
  out = ''
  err = ''
  readonly exit: Promise<number | null>
  readonly #child: ChildProcess

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [MAIN, 'register', ...args])
    this.#child.stdout!.setEncoding('utf8').on('data', (text) => {
      this.out += text
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.err += text
    })
    this.exit = new Promise((resolve) => this.#child.once('close', resolve))
    onTestFinished(() => {
      this.#child.kill('SIGKILL')
      return this.exit.then(() => undefined)
    })
  }

  signal(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal)
    return this.exit
  }

  /** Nobody reads what it says from now on. */
  stopReading(): void {
    this.#child.stdout!.destroy()
    this.#child.stderr!.destroy()
  }

  says(line: string): Promise<unknown> {
    return until(`it says ${line}; so far ${this.out}${this.err}`, () => this.out.includes(`${line}\n`))
  }
}

const WHERE = ['orders', '10.0.0.7:8080']

function configured({ root }: Pick<Scratch, 'root'>, options: object = {}): string[] {
  const registry = { type: 'zookeeper', options: { hosts: sharedZooKeeper(), root, ...options } }
  return ['--config', join(folder({ 'gateway.yaml': stringify({ registry }) }), 'gateway.yaml')]
}

async function scratch() {
  const { root, writer } = await scratchRoot()
  return { root, node: (name = '10.0.0.7:8080') => writer.read(`${root}/orders/${name}`) }
}

describe('portolan register', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`has taken the registration back when it ends on ${signal}`, async () => {
      const { root, node } = await scratch()
      const process = new Registering([...WHERE, ...configured({ root })])
      await process.says('registered orders 10.0.0.7:8080')
      expect(await node()).toMatchObject({ data: '{}' })
      expect(await process.signal(signal)).toBe(0)
      expect(await node()).toBeUndefined()
      expect(process.err).toBe('')
      expect(process.out).toBe('registered orders 10.0.0.7:8080\nderegistered orders 10.0.0.7:8080\n')
    })

  it('registers what its options say', async () => {
    const { root, node } = await scratch()
    const flags = '--weight 2.5 --zone a --tls --status draining --meta version=3 --meta query=a=b --json'.split(' ')
    const process = new Registering([...WHERE, ...flags, ...configured({ root })])
    const registered = await until('it is there', () => node())
    expect(JSON.parse(registered.data)).toEqual({
      weight: 2.5,
      scheme: 'https',
      zone: 'a',
      status: 'DRAINING',
      metadata: { version: '3', query: 'a=b' },
    })
    expect(await process.signal('SIGTERM')).toBe(0)
    const lines = process.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toEqual(
      ['registered', 'deregistered'].map((event) => ({
        event,
        service: 'orders',
        instance: '10.0.0.7:8080',
        time: expect.stringMatching(/^\d{4}-/),
      })),
    )
  })

  it('takes over what a killed one has left, long before its session expires', async () => {
    const { root, node } = await scratch()
    const config = configured({ root }, { sessionTimeout: '60s' })
    const first = new Registering([...WHERE, ...config])
    await first.says('registered orders 10.0.0.7:8080')
    const ghost = await node()
    await first.signal('SIGKILL')
    expect(await node()).toEqual(ghost)
    const second = new Registering([...WHERE, ...config])
    await second.says('registered orders 10.0.0.7:8080')
    expect((await node())!.owner).not.toBe(ghost!.owner)
    expect(await second.signal('SIGTERM')).toBe(0)
    expect(await node()).toBeUndefined()
  })

  it('registers again after it has been stopped for longer than its session lives', async () => {
    const { root, node } = await scratch()
    const process = new Registering([...WHERE, ...configured({ root }, { sessionTimeout: '1s' })])
    await process.says('registered orders 10.0.0.7:8080')
    process.signal('SIGSTOP')
    await until('it has expired', async () => !(await node()))
    process.signal('SIGCONT')
    await process.says('registered again orders 10.0.0.7:8080')
    expect(await node()).toBeDefined()
  })

  it('goes on when nobody reads what it says', async () => {
    const { root, writer } = await scratchRoot()
    const path = `${root}/orders/10.0.0.7:8080`
    const process = new Registering([...WHERE, ...configured({ root })])
    await process.says('registered orders 10.0.0.7:8080')
    process.stopReading()
    for (const _time of [1, 2, 3]) {
      await writer.remove(path)
      await until('it is made again', () => writer.read(path))
    }
    expect(await process.signal('SIGTERM')).toBe(0)
    expect(await writer.read(path)).toBeUndefined()
  })

  it('waits for a registry that is away, says so, and ends on SIGTERM meanwhile', async () => {
    const proxy = await FaultProxy.open(sharedZooKeeper())
    onTestFinished(() => proxy.close())
    await proxy.refuse()
    const process = new Registering([...WHERE, ...configured({ root: '/none' }, { hosts: proxy.address })])
    await until('it says so', () => process.err.includes('is tried again: ZooKeeper 127.0.0.1'))
    expect(await process.signal('SIGTERM')).toBe(0)
    expect(process.out).toBe('')
  })

  it('ends with 1 when the address is taken for good', async () => {
    const { root, writer } = await scratchRoot()
    await writer.create(`${root}/orders/10.0.0.7:8080`)
    const process = new Registering([...WHERE, ...configured({ root })])
    expect(await process.exit).toBe(1)
    expect(process.err).toMatch(/^portolan: \S+\/orders\/10.0.0.7:8080 is taken: the node is persistent[^\n]*\n$/)
  })

  it('ends with 1 when nothing can be registered there, and says where it could', async () => {
    const files = { type: 'static-file', name: 'files', options: { path: 'services.yaml' } }
    const zoo = { type: 'zookeeper', options: { hosts: '127.0.0.1:1' } }
    const run = async (registry: object, ...more: string[]) => {
      const file = join(folder({ 'gateway.yaml': stringify({ registry }) }), 'gateway.yaml')
      const process = new Registering([...WHERE, '--config', file, ...more])
      return { code: await process.exit, err: process.err }
    }
    for (const [ended, message] of [
      [await run(files), 'nothing can be registered in files (static-file), which is only read; it takes a registry'],
      [await run([files, zoo], '--registry', 'files'), 'files (static-file), which is only read; it can in zookeeper'],
      [
        await run([files, zoo], '--registry', 'zoo'),
        'no registry is named "zoo"; known: files (static-file), zookeeper',
      ],
    ] as const)
      expect(ended).toEqual({ code: 1, err: expect.stringContaining(message) })
  })

  it.each([
    [['orders'], "missing required argument 'host:port'"],
    [['a b', '10.0.0.7:8080'], '"a b" is not a service name'],
    [['orders', '10.0.0.7'], '"10.0.0.7" is not an address'],
    [['orders', '10.0.0.7:70000'], 'port 70000'],
    [[...WHERE, '--weight', 'heavy'], '--weight "heavy" is not a number'],
    [[...WHERE, '--weight', '0'], 'weight 0'],
    [[...WHERE, '--meta', 'version'], '--meta "version" is not a pair'],
    [[...WHERE, '--status', 'sleepy'], 'Allowed choices are up, draining, down'],
  ])('ends with 64 for %j', async (args, message) => {
    const process = new Registering(args)
    expect(await process.exit).toBe(64)
    expect(process.err).toContain(message)
  })

  it('ends with 78 for a configuration that is wrong', async () => {
    const process = new Registering([
      ...WHERE,
      '--config',
      join(folder({ 'gateway.yaml': 'registry: 1' }), 'gateway.yaml'),
    ])
    expect(await process.exit).toBe(78)
    expect(process.err).toContain('gateway.yaml:1:11')
  })
})
