import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { builtins, configOf, parse, problemsIn } from './support.ts'

const load = async (file: string) => (await loadConfig(file, { builtins, env: {} })).config

it('fills in everything but the registry', async () => {
  expect(await configOf()).toEqual({
    file: resolve('gateway.yaml'),
    plugins: [],
    server: {
      host: '0.0.0.0',
      port: 8080,
      workers: availableParallelism(),
      trustedProxies: [],
      proxyProtocol: [],
      http2: true,
      h2c: false,
      tls: null,
      upgrades: ['websocket'],
      forwarded: false,
      shedding: { lagMs: 1000, heap: 0.95 },
      drain: { acceptGraceMs: 0, timeoutMs: 30_000 },
      limits: {
        headerBytes: 16_384,
        headerCount: 200,
        headerTimeoutMs: 10_000,
        urlBytes: 8192,
        bodyBytes: null,
        bodyTimeoutMs: 30_000,
        writeTimeoutMs: 60_000,
        connections: null,
        connectionsPerAddress: null,
        requestsPerConnection: 10_000,
        keepAliveTimeoutMs: 65_000,
        streams: 128,
      },
    },
    registry: [
      {
        type: 'static-file',
        options: { path: 'services.yaml' },
        name: 'static-file',
        merge: 'union',
        onEmpty: 'clear',
        settleMs: 0,
        snapshot: null,
      },
    ],
    routing: [
      { mode: 'headers', service: 'service_name', api: 'api_name' },
      { mode: 'path', prefix: '/services' },
    ],
    expose: { allow: ['*'], deny: [] },
    balancing: { type: 'p2c', options: undefined },
    upstream: {
      protocol: 'auto',
      connectTimeoutMs: 1000,
      responseTimeoutMs: 30_000,
      stallTimeoutMs: 60_000,
      tunnelTimeoutMs: 3_600_000,
      idleTimeoutMs: 4000,
      connections: 128,
      restorePrefix: false,
      tls: { ca: null, serverName: null, cert: null, key: null, verify: true },
    },
    retry: {
      attempts: 3,
      on: ['timeout'],
      timeoutMs: null,
      backoff: { baseMs: 25, mostMs: 250 },
      budget: { share: 0.2, floor: 10 },
      hedge: null,
    },
    health: {
      passive: {
        consecutiveFailures: 5,
        successRate: null,
        windowMs: 10_000,
        minRequests: 20,
        ejectForMs: 30_000,
        maxEjectForMs: 300_000,
        maxEjected: 0.5,
      },
      active: null,
      panicBelow: 0.5,
      slowStartMs: 0,
    },
    limits: { inFlight: null, pending: 100, pendingTimeoutMs: 1000, adaptive: null },
    breaker: null,
    middleware: [],
    services: new Map(),
    admin: { host: '127.0.0.1', port: 9080, token: null },
    log: { level: 'info', access: true },
  })
})

it('shows the defaults in config/zookeeper.yaml, and every key', async () => {
  const shown = await load('config/zookeeper.yaml')
  const { file, registry } = shown
  expect(shown).toEqual({ ...(await configOf()), file, registry })
  const text = 'registry: { type: zookeeper, options: { hosts: [127.0.0.1:2181] } }'
  const bare = (await parse(text, {}, 'config/zookeeper.yaml')).config
  expect(registry).toEqual(bare.registry)
  const written = await readFile('config/zookeeper.yaml', 'utf8')
  for (const key of Object.keys(shown)) expect(key === 'file' || written.includes(`\n${key}:`)).toBe(true)
})

it('reads config/gateway.yaml', async () => {
  const { registry, routing, balancing, server, admin } = await load('config/gateway.yaml')
  expect(registry).toMatchObject([{ type: 'static-file', options: { path: 'services.yaml' } }])
  expect(routing.map(({ mode }) => mode)).toEqual(['path', 'headers'])
  expect([balancing.type, server.port, admin.port]).toEqual(['round-robin', 8080, 9080])
})

it('needs a registry', async () => {
  const error = await parse('retry: {}').catch((error) => error)
  expect(error.message).toBe('gateway.yaml:1:1  registry: is required')
  const untyped = await parse('registry:\n  options: {}\n').catch((error) => error)
  expect(untyped.message).toBe('gateway.yaml:1:1  registry.type: is required')
})

it.each([
  ['server: { port: 70000 }', '1:17  server.port: must be at most 65535'],
  ['server: { workers: many }', '1:20  server.workers: expected "auto" or a number, got "many"'],
  ['server: { workers: -1 }', '1:20  server.workers: must be at least 0'],
  ['server: { host: "" }', '1:17  server.host: must not be empty'],
  ['server: []', '1:9  server: expected a mapping, got a list'],
  ['server:', '1:1  server: expected a mapping, got nothing'],
  ['server:\n  port:', '2:3  server.port: expected a number, got nothing'],
  ['server: { limits: { headerBytes: 10B } }', '1:34  server.limits.headerBytes: must be at least 1KiB'],
  ['server: { shedding: { lag: 0s } }', '1:28  server.shedding.lag: must be more than 0'],
  ['server: { shedding: { heap: 0% } }', '1:29  server.shedding.heap: must be more than 0'],
  ['server: { limits: { headerTimeout: 0s } }', '1:36  server.limits.headerTimeout: must be more than 0'],
  ['server: { limits: { connections: 1.5 } }', '1:34  server.limits.connections: expected a whole number, got 1.5'],
  [
    'upstream: { conections: 1 }',
    '1:13  upstream.conections: unknown key "conections"; did you mean "connections"? known: protocol, connectTimeout, responseTimeout, stallTimeout, tunnelTimeout, idleTimeout, connections, restorePrefix, tls',
  ],
  ['retry: { attempts: 0 }', '1:20  retry.attempts: must be at least 1'],
  ['retry: { on: [200] }', '1:15  retry.on[0]: must be at least 400'],
  ['retry: { budget: { share: 0.2 } }', '1:27  retry.budget.share: "0.2" has no unit; write "0.2%"'],
  ['retry: { budget: { share: 120% } }', '1:27  retry.budget.share: is more than 100%'],
  ['retry: { hedge: { quantile: 100% } }', '1:29  retry.hedge.quantile: must be between 0% and 100%'],
  ['health: { active: { path: healthz } }', '1:27  health.active.path: "healthz" is not a path that begins with "/"'],
  [
    'health: { active: { expect: ["2xx"] } }',
    '1:30  health.active.expect[0]: "2xx" is not a status, or two such as "200-399"',
  ],
  ['limits: { inFlight: 0 }', '1:21  limits.inFlight: must be at least 1'],
  ['breaker: { failureRate: 0% }', '1:25  breaker.failureRate: must be more than 0'],
  ['limits: { adaptive: { least: 20, most: 10 } }', '1:30  limits.adaptive.least: is more than most'],
  ['breaker: { failureRate: 50 }', '1:25  breaker.failureRate: "50" has no unit; write "50%"'],
  ['expose: { allow: ["a b"] }', '1:19  expose.allow[0]: "a b" is not a service name, in which * and ? stand for any'],
  ['expose: { deny: "*" }', '1:17  expose.deny: expected a list, got "*"'],
  ['log: { level: verbose }', '1:15  log.level: "verbose" is not one of debug, info, warn, error, silent'],
  ['log: { access: yes }', '1:16  log.access: expected true or false, got "yes"'],
  ['admin: { port: 8080 }', '1:16  admin.port: 8080 is the port of the server too'],
  ['plugins: ./a.ts', '1:10  plugins: expected a list, got "./a.ts"'],
])('refuses %j', async (text, problem) => {
  expect(await problemsIn(text)).toEqual([problem])
})

it.each(['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])('trusts the proxy %s', async (proxy) => {
  expect((await configOf(`server: { trustedProxies: ["${proxy}"] }`)).server.trustedProxies).toEqual([proxy])
})

it.each(['10.0.0.0/33', 'fd00::/129', 'proxy.example', '10.0.0.0/', '10.0.0.0/8/8', 'fe80::1%eth0'])(
  'refuses %s for a proxy',
  async (proxy) => {
    expect(await problemsIn(`server: { trustedProxies: ["${proxy}"] }`)).toEqual([
      `1:28  server.trustedProxies[0]: "${proxy}" is not an address or a network such as "10.0.0.0/8"`,
    ])
  },
)

it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('lets the admin port bind %s without a token', async (host) => {
  expect((await configOf(`admin: { host: "${host}" }`)).admin.host).toBe(host)
})

it.each(['0.0.0.0', '::', '10.1.2.3', 'gateway.example'])('wants a token for an admin port on %s', async (host) => {
  expect(await problemsIn(`admin: { host: "${host}" }`)).toEqual([
    `1:16  admin.host: "${host}" can be reached by others; set admin.token, or bind a loopback address such as 127.0.0.1`,
  ])
  expect((await configOf(`admin: { host: "${host}", token: secret }`)).admin.token).toBe('secret')
})

it('lets both ports be free ones', async () => {
  const { server, admin } = await configOf('server: { port: 0 }\nadmin: { port: 0 }\n')
  expect([server.port, admin.port]).toEqual([0, 0])
})
