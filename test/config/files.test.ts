import { expect, it } from 'vitest'
import { builtins } from '../../src/builtins.ts'
import { loadConfig, parseConfig } from '../../src/config/index.ts'

it.each([
  ['etcd', '{ endpoints: ["http://127.0.0.1:2379"] }'],
  ['dns', '{ services: { orders: { srv: _http._tcp.orders.example }, shop: { host: shop.example, port: 8080 } } }'],
])('shows the defaults in config/%s.yaml', async (type, required) => {
  const shown = await loadConfig(`config/${type}.yaml`, { builtins, env: {} })
  const text = `registry: { type: ${type}, options: ${required} }`
  expect(shown.config).toEqual((await parseConfig(text, `config/${type}.yaml`, { builtins, env: {} })).config)
})

it.each([
  ['etcd', '{ endpoints: "http://10.0.0.1:2379/v3" }', '"http://10.0.0.1:2379/v3" is not an endpoint; write "http://'],
  ['etcd', '{ endpoints: [ftp://10.0.0.1] }', '"ftp://10.0.0.1" is not an endpoint; write "http://10.0.0.1:2379"'],
  ['etcd', '{ endpoints: [] }', 'endpoints: needs at least one "http://host:port"'],
  ['etcd', '{ endpoints: "e:1", prefix: /services }', 'the start of the keys, such as "/services/": it ends with "/"'],
  ['etcd', '{ endpoints: "e:1", user: me }', 'user and password go together'],
  ['etcd', '{ endpoints: "e:1", lease: 999ms }', 'options.lease: must be at least 1s'],
  ['dns', '{ services: { one: { srv: a.test, host: b.test } } }', 'services.one: needs either srv, or host and port'],
  [
    'dns',
    '{ services: { one: { host: 10.0.0.1, port: 80 } } }',
    'services.one.host: is an address, which needs no DNS',
  ],
  ['dns', '{ services: { one: { srv: a.test } }, servers: [a.test] }', 'servers[0]: an address with or without a port'],
])('says what is wrong with options of %s such as %s', async (type, options, problem) => {
  const text = `registry: { type: ${type}, options: ${options} }`
  const error = await parseConfig(text, 'gateway.yaml', { builtins, env: {} }).catch((error) => error)
  expect(error.message).toContain(problem)
})

it.each([
  ['"etcd1:2379, https://etcd2:2379"', ['http://etcd1:2379', 'https://etcd2:2379']],
  ['["http://[::1]:2379", "10.0.0.1:2379"]', ['http://[::1]:2379', 'http://10.0.0.1:2379']],
])('reads the endpoints %s', async (endpoints, origins) => {
  const text = `registry: { type: etcd, options: { endpoints: ${endpoints} } }`
  const { config } = await parseConfig(text, 'gateway.yaml', { builtins, env: {} })
  expect(config.registry[0]!.options).toMatchObject({ endpoints: origins })
})
