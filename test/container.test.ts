import { expect, it } from 'vitest'
import { z } from 'zod'
import { builtins } from '../src/builtins.ts'
import { parseConfig } from '../src/config/index.ts'
import { controlPlaneOf, dataPlaneOf, newGatewayScope } from '../src/container.ts'
import { set } from '../src/di.ts'
import { defineStrategy } from '../src/plugin/index.ts'
import { exchangeOfRequest, type Transport } from '../src/proxy/index.ts'
import { Tokens } from '../src/tokens.ts'
import { pluginContext, view } from './contract/index.ts'
import { tableOf } from './support/table.ts'

const YAML = `
registry: { type: static-file, options: { path: services.yaml } }
balancing: round-robin
`

async function scopeOf(yaml = YAML) {
  const { config, catalog } = await parseConfig(yaml, 'gateway.yaml', { builtins, env: {} })
  return newGatewayScope({ config, catalog, log: pluginContext().log, lines: { write: () => undefined } })
}

/** Answers every request with the port that it was sent to. */
const echo: Transport = {
  open: ({ port }) => ({
    send(_request, listener) {
      queueMicrotask(() => {
        listener.onSending(false)
        listener.onHead({ status: 200, statusText: 'OK', headers: ['content-type', 'text/plain'] })
        listener.onData(Buffer.from(String(port)))
        listener.onEnd([])
      })
      return { pause: () => undefined, resume: () => undefined, abort: () => undefined }
    },
    close: () => undefined,
  }),
}

async function ask(data: ReturnType<typeof dataPlaneOf>, path: string): Promise<string> {
  const request = new Request(`http://gateway${path}`)
  return (await data.ask(exchangeOfRequest('r-1', 0, request), { request })).text()
}

it('builds a gateway around one part that a test has put in place', async () => {
  const scope = await scopeOf()
  set(scope, Tokens.transport, echo)
  const data = dataPlaneOf(scope)
  data.directory.apply(tableOf(view({ a: ['10.0.0.1:1001', '10.0.0.1:1002'] })))
  expect([await ask(data, '/services/a/'), await ask(data, '/services/a/')]).toEqual(['1001', '1002'])
})

it('gives each gateway parts of its own, and each part once', async () => {
  const [one, other] = [await scopeOf(), await scopeOf()]
  expect(dataPlaneOf(one).directory).toBe(dataPlaneOf(one).directory)
  expect(dataPlaneOf(one).directory).not.toBe(dataPlaneOf(other).directory)
  expect(controlPlaneOf(one).registry).not.toBe(controlPlaneOf(other).registry)
})

it('makes the strategy within a strategy, and refuses one to a plugin that names none', async () => {
  const made: string[] = []
  const outer = defineStrategy({
    name: 'outer',
    options: z.strictObject({ choice: z.unknown() }),
    inner: 'choice',
    create(_options, { inner }) {
      made.push('outer')
      return inner()
    },
  })
  const alone = defineStrategy({ name: 'alone', create: (_options, { inner }) => inner() })
  const { config, catalog } = await parseConfig(
    `${YAML}services: { a: { balancing: { type: outer, options: { choice: round-robin } } }, b: { balancing: alone } }\n`,
    'gateway.yaml',
    { builtins: [...builtins, outer, alone], env: {} },
  )
  const { log, entries } = pluginContext()
  const scope = newGatewayScope({ config, catalog, log, lines: { write: () => undefined } })
  set(scope, Tokens.transport, echo)
  const data = dataPlaneOf(scope)
  data.directory.apply(tableOf(view({ a: ['10.0.0.1:1001', '10.0.0.1:1002'], b: ['10.0.0.1:1001'] })))
  expect([await ask(data, '/services/a/'), await ask(data, '/services/a/')]).toEqual(['1001', '1002'])
  expect(made).toEqual(['outer'])
  expect(entries.map(({ fields }) => String((fields as { err: Error }).err))).toEqual([
    'Error: strategy "alone" names no option for an inner one',
  ])
})

it('uses the strategy that a service names, and the file’s for all others', async () => {
  const scope = await scopeOf(`${YAML}services: { b: { balancing: random } }\n`)
  set(scope, Tokens.transport, echo)
  set(scope, Tokens.random, () => 0)
  const data = dataPlaneOf(scope)
  const addresses = ['10.0.0.1:1001', '10.0.0.1:1002']
  data.directory.apply(tableOf(view({ a: addresses, b: addresses })))
  const asked = async (service: string) => [
    await ask(data, `/services/${service}/`),
    await ask(data, `/services/${service}/`),
  ]
  expect(await asked('a')).toEqual(['1001', '1002'])
  expect(await asked('b')).toEqual(['1001', '1001'])
})
