import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError, type RegisterOptions, register } from '../src/index.ts'
import { defineAdapter, type Instance, type InstanceFields } from '../src/plugin/index.ts'
import { pluginContext } from './contract/index.ts'
import { until } from './support/until.ts'
import { scratchRoot, sharedZooKeeper } from './support/zookeeper.ts'

const WHERE = '10.0.0.7:8080'

/** A registry in which the test makes registrations, and loses them. */
class Book {
  readonly asked: { readonly service: string; readonly instance: Instance }[] = []
  /** Registrations that were taken back. */
  ended = 0
  make = () => {}
  lose = (_why?: Error) => {}

  constructor(at: 'once' | 'on demand' = 'once') {
    this.#at = at
  }

  readonly #at: 'once' | 'on demand'
  readonly plugin = defineAdapter({
    name: 'book',
    create: (_options, { log }) => ({
      async *watch() {},
      register: (service, instance, signal) =>
        new Promise<void>((resolve, reject) => {
          this.asked.push({ service, instance })
          this.make = () => log.info({}, 'made')
          this.lose = (why) => (why ? reject(why) : resolve())
          signal.addEventListener('abort', () => resolve(void this.ended++))
          if (this.#at === 'once') this.make()
        }),
    }),
  })
}

async function registered(where: string | InstanceFields = WHERE, options: RegisterOptions = {}) {
  const book = new Book()
  const context = pluginContext()
  const registry = { registry: 'book' }
  const registration = await register(registry, 'orders', where, {
    plugins: [book.plugin],
    log: context.log,
    ...options,
  })
  return { book, context, registration }
}

describe('register', () => {
  it('resolves when the registration has been made, and close when it is gone', async () => {
    const { root, writer } = await scratchRoot()
    const registry = { type: 'zookeeper', options: { hosts: sharedZooKeeper(), root } }
    const registration = await register({ registry }, 'orders', WHERE)
    onTestFinished(() => registration.close())
    expect(await writer.read(`${root}/orders/${WHERE}`)).toMatchObject({ data: '{}' })
    expect(registration).toMatchObject({ registry: 'zookeeper', instance: { id: WHERE, host: '10.0.0.7', port: 8080 } })
    await registration.close()
    expect(await writer.read(`${root}/orders/${WHERE}`)).toBeUndefined()
    await registration.close()
  })

  it('takes the fields of an instance for its address', async () => {
    const { book } = await registered({ host: '::1', port: 80, weight: 2, zone: 'a' })
    const instance = {
      id: '[::1]:80',
      host: '::1',
      port: 80,
      weight: 2,
      zone: 'a',
      status: 'up',
      tls: false,
      metadata: {},
    }
    expect(book.asked).toEqual([{ service: 'orders', instance }])
  })

  it('takes the first registry that can register, or the one that is named', async () => {
    const files = { type: 'static-file', options: { path: 'services.yaml' } }
    const registry = [files, { type: 'book', name: 'first' }, { type: 'book', name: 'second' }]
    for (const named of [undefined, 'second', 'first']) {
      const options = { registry: named, plugins: [new Book().plugin] }
      expect((await register({ registry }, 'orders', WHERE, options)).registry).toBe(named ?? 'first')
    }
  })

  it('tells the log of each time', async () => {
    const { book, context } = await registered()
    book.make()
    expect(context.entries.map(({ level, message }) => `${level} ${message}`)).toEqual(['info made', 'info made'])
  })

  it('rejects when the adapter does, before it has registered', async () => {
    const book = new Book('on demand')
    const context = pluginContext()
    const made = register({ registry: 'book' }, 'orders', WHERE, { plugins: [book.plugin], log: context.log })
    const error = Object.assign(new Error('somebody else is there'), { code: 'REGISTRATION_TAKEN' })
    void until('the adapter is asked', () => book.asked.length > 0).then(() => book.lose(error))
    await expect(made).rejects.toBe(error)
    expect(context.entries).toEqual([])
  })

  it('tells of a registration that is lost later on: whoever looks, and the log', async () => {
    const { book, context, registration } = await registered()
    book.lose(new Error('forbidden from now on'))
    await expect(registration.failed).rejects.toThrow('forbidden from now on')
    const message = 'no longer registered: forbidden from now on'
    await until('the log tells', () => context.entries.at(-1)?.level === 'error')
    expect(context.entries.at(-1)).toMatchObject({ message, fields: { service: 'orders', registry: 'book' } })
    await registration.close()
  })

  it('takes what the adapter ends by itself for a loss', async () => {
    const { book, registration } = await registered()
    book.lose()
    await expect(registration.failed).rejects.toThrow('registry "book" has ended the registration by itself')
  })

  it('gives up when its signal aborts, and rejects with the reason when nothing is left', async () => {
    const book = new Book('on demand')
    const abort = new AbortController()
    const made = register({ registry: 'book' }, 'orders', WHERE, { plugins: [book.plugin], signal: abort.signal })
    void until('the adapter is asked', () => book.asked.length > 0).then(() => abort.abort(new Error('enough')))
    await expect(made).rejects.toThrow('enough')
    expect(book.ended).toBe(1)
  })

  it('takes the registration back when its signal aborts later on', async () => {
    const abort = new AbortController()
    const { book, context, registration } = await registered(WHERE, { signal: abort.signal })
    abort.abort()
    await registration.close()
    expect(book.ended).toBe(1)
    expect(context.entries.filter(({ level }) => level === 'error')).toEqual([])
  })

  it.each([
    ['a b', WHERE, TypeError, '"a b" is not a service name'],
    ['orders', '10.0.0.7', TypeError, '"10.0.0.7" is not an address'],
    ['orders', { host: '10.0.0.7', port: 0 }, TypeError, 'port 0'],
  ])('refuses %j at %j', async (service, where, kind, message) => {
    const made = register({ registry: 'nothing' }, service, where)
    await expect(made).rejects.toThrow(kind)
    await expect(made).rejects.toThrow(message)
  })

  it('refuses a configuration with all that is wrong with it', async () => {
    await expect(register({ registry: 'nothing', server: { port: -1 } }, 'orders', WHERE)).rejects.toThrow(ConfigError)
  })
})
