import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { builtins, errorOf, REGISTRY } from './support.ts'

it('shows the line and points at the place', async () => {
  const error = await errorOf(`${REGISTRY}balancing:\n  type: p2cc\n`)
  expect(error.format()).toBe(
    [
      'gateway.yaml:3:9  balancing.type: unknown strategy "p2cc"; did you mean "p2c"? known: p2c, peak-ewma, random, round-robin',
      '  3 |   type: p2cc',
      '    |         ^',
    ].join('\n'),
  )
})

it('keeps the caret below its place after tabs, and in lines that end as on Windows', async () => {
  const error = await errorOf('registry: { type: static-file, options: { path: x } }\r\nretry:\t{ attempts:\t0 }\r\n')
  expect(error.format().split('\n').slice(1)).toEqual([
    '  2 | retry:\t{ attempts:\t0 }',
    '    |       \t           \t^',
  ])
})

it('gives each problem its own fields', async () => {
  expect((await errorOf(`${REGISTRY}retry: { attempts: 0 }\n`)).problems).toEqual([
    { file: 'gateway.yaml', line: 2, column: 20, path: 'retry.attempts', message: 'must be at least 1' },
  ])
})

it('reports a missing file in one line', async () => {
  const error = await loadConfig('no/such.yaml', { builtins, env: {} }).catch((error) => error)
  expect(error.format()).toBe('no/such.yaml: no such file')
})

it('says of HTTP/2 without TLS that it does nothing on a port with TLS', async () => {
  const tls = 'tls: { cert: a.pem, key: b.pem }'
  const { problems } = await errorOf(`${REGISTRY}server:\n  h2c: true\n  ${tls}\n`)
  expect(problems).toMatchObject([{ line: 3, column: 8, path: 'server.h2c' }])
  expect(problems[0]!.message).toMatch(/^has no effect with server\.tls/)
})

const ALL_WRONG = `plugins: [./missing.ts]
sever: { port: 1 }
server:
  port: eighty
  drain: { timeout: 30 }
registry: { type: zookeper, options: {} }
balancing: p2cc
routing: { mode: pth }
services:
  "bad name": {}
  a: { balancing: { type: peak-ewma, options: { deacy: 3s } } }
middleware: [{ type: cors, options: { maxAge: x } }]
admin:
  host: 0.0.0.0
  port: \${ADMIN_PORT}
retry: 3
`

it('reports everything that is wrong with a file in one run, in the order of the file', async () => {
  const { problems } = await errorOf(ALL_WRONG, {}, '/etc/portolan/gateway.yaml')
  expect(problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)).toEqual([
    '1:11 plugins[0]: no such file: /etc/portolan/missing.ts',
    expect.stringMatching(/^2:1 sever: unknown key "sever"; did you mean "server"\? known: plugins, server, /),
    '4:9 server.port: expected a number, got "eighty"',
    '5:21 server.drain.timeout: "30" has no unit; write "30s" or "30ms"',
    '6:19 registry.type: unknown adapter "zookeper"; did you mean "zookeeper"? known: static-file, zookeeper',
    '7:12 balancing.type: unknown strategy "p2cc"; did you mean "p2c"? known: p2c, peak-ewma, random, round-robin',
    '8:18 routing.mode: unknown mode "pth"; did you mean "path"? known: headers, path, table',
    '10:3 services["bad name"]: "bad name" is not a service name: letters, digits, ".", "_", ":", "-", at most 128',
    '11:49 services.a.balancing.options.deacy: unknown key "deacy"; did you mean "decay"? known: decay',
    '12:47 middleware[0].options.maxAge: expected a number, got "x"',
    '14:9 admin.host: "0.0.0.0" can be reached by others; set admin.token, or bind a loopback address such as 127.0.0.1',
    `15:9 admin.port: the environment variable ADMIN_PORT is not set; \${ADMIN_PORT:-default} gives it a default`,
    '16:8 retry: expected a mapping, got 3',
  ])
})
