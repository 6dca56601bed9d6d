import { expect, it } from 'vitest'
import { configOf, problemsIn } from './support.ts'

it('takes numbers, booleans and null from the environment where nothing is quoted', async () => {
  const text = `
server:
  port: \${PORT}
  limits:
    bodyBytes: \${BODY:-null}
log:
  access: \${ACCESS}
  level: \${LEVEL}
`
  const { server, log } = await configOf(text, { PORT: '8081', ACCESS: 'false', LEVEL: 'debug' })
  expect([server.port, server.limits.bodyBytes, log]).toEqual([8081, null, { level: 'debug', access: false }])
})

it('leaves a quoted value text, and says so where a number is wanted', async () => {
  expect((await configOf(`admin: { token: "\${TOKEN}" }`, { TOKEN: '1234' })).admin.token).toBe('1234')
  expect(await problemsIn(`server: { port: "\${PORT}" }`, { PORT: '80' })).toEqual([
    '1:17  server.port: expected a number, got "80"; write it without quotes',
  ])
  expect(await problemsIn(`admin:\n  token: \${TOKEN}`, { TOKEN: '1234' })).toEqual([
    '2:10  admin.token: expected text, got a number; put it in quotes',
  ])
})

it.each([
  ['unset', {}],
  ['empty', { HOST: '' }],
])('takes the default for a variable that is %s', async (_what, env) => {
  expect((await configOf(`server: { host: "\${HOST:-::1}" }`, env)).server.host).toBe('::1')
})

it('puts several variables into one value', async () => {
  const { server } = await configOf(`server:\n  host: \${A}.\${B:-b}.example`, { A: 'a' })
  expect(server.host).toBe('a.b.example')
})

it('reaches options, lists and names of plugins', async () => {
  const text = `balancing: \${STRATEGY}\nmiddleware: [{ type: cors, options: { origin: "\${ORIGIN}" } }]\n`
  const config = await configOf(text, { STRATEGY: 'random', ORIGIN: 'https://a.example' })
  expect(config.balancing.type).toBe('random')
  expect(config.middleware[0]?.options).toEqual({ origin: 'https://a.example' })
})

it('cannot be made to add keys or lists', async () => {
  const { server } = await configOf(`server:\n  host: \${HOST}`, { HOST: '{ a: [1] }\nport: 1' })
  expect([server.host, server.port]).toEqual(['{ a: [1] }\nport: 1', 8080])
})

it('leaves keys alone', async () => {
  const [problem] = await problemsIn(`? "\${KEY}"\n: 1`, { KEY: 'retry' })
  expect(problem).toMatch(/^1:3 {2}\["\$\{KEY\}"\]: unknown key/)
})

it('writes a literal brace as two dollars', async () => {
  expect((await configOf(`server:\n  host: $\${HOST}`)).server.host).toBe(`\${HOST}`)
})

it('reports each missing variable once, where it stands, and nothing else about it', async () => {
  const text = `server:\n  port: \${PORT}\nbalancing: \${STRATEGY}\nadmin: { host: "\${HOST}" }\nupstream: { idleTimeout: "\${IDLE}" }`
  expect((await problemsIn(text)).map((problem) => problem.replace(/;.*/, ''))).toEqual([
    '2:9  server.port: the environment variable PORT is not set',
    '3:12  balancing: the environment variable STRATEGY is not set',
    '4:16  admin.host: the environment variable HOST is not set',
    '5:26  upstream.idleTimeout: the environment variable IDLE is not set',
  ])
})

it('reports what looks like a variable and is none', async () => {
  const hint = `is not \${NAME} or \${NAME:-default}; a literal "\${" is written "$\${"`
  expect(await problemsIn(`server: { host: "\${HOST:a}" }`)).toEqual([`1:17  server.host: "\${HOST:a}" ${hint}`])
  expect(await problemsIn(`server: { host: "\${HOST" }`)).toEqual([`1:17  server.host: "\${HOST" ${hint}`])
})

it('takes an empty token for a mistake, not for none', async () => {
  expect(await problemsIn(`admin:\n  token: \${TOKEN}`, { TOKEN: '' })).toEqual([
    '2:10  admin.token: must not be empty',
  ])
})
