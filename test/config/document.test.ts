import { expect, it } from 'vitest'
import { configOf, errorOf, problemsOf, REGISTRY } from './support.ts'

it.each([
  ['', 'gateway.yaml:1:1  the file is empty; it needs at least a "registry"'],
  ['# nothing yet\n', 'gateway.yaml:1:1  the file is empty; it needs at least a "registry"'],
  ['- registry', 'gateway.yaml:1:1  the file is not a mapping of keys to values'],
  [`${REGISTRY}---\nretry: {}\n`, 'gateway.yaml:2:1  a second document begins here; a configuration is one document'],
  [`${REGISTRY}expose: *rules\n`, 'gateway.yaml:2:9  no anchor "&rules" stands before this alias'],
  [`${REGISTRY}middleware: &all [*all]\n`, 'gateway.yaml:2:19  an alias cannot contain itself'],
  ['registry:\n\ttype: static-file\n', 'gateway.yaml:2:1  Tabs are not allowed as indentation'],
])('refuses %j', async (text, problem) => {
  expect((await problemsOf(text))[0]).toBe(problem)
})

it('reports a key that is set twice, and goes on', async () => {
  expect(await problemsOf(`${REGISTRY}retry: { attempts: 1 }\nretry: { attempts: 2 }\nlgo: {}\n`)).toEqual([
    'gateway.yaml:3:1  "retry" is set twice',
    expect.stringMatching(/^gateway.yaml:4:1 {2}lgo: unknown key "lgo"; did you mean "log"\?/),
  ])
})

it('explains the one trap of variables in flow style', async () => {
  expect(await problemsOf(`${REGISTRY}server: { port: \${PORT} }\n`)).toEqual([
    `gateway.yaml:2:17  inside { } and [ ] a \${NAME} must be in quotes, which make it text; where that will not do, use a line for each key`,
  ])
})

it('does not see that trap where the variable is in quotes', async () => {
  expect(await problemsOf(`${REGISTRY}server: { host: "\${HOST}" oops: 1 }\n`)).toEqual([
    'gateway.yaml:2:17  Block collections are not allowed within flow collections',
    'gateway.yaml:2:27  Unexpected scalar token',
  ])
})

it('refuses aliases that would blow up', async () => {
  const nine = (name: string) => `[${Array(9).fill(name).join(', ')}]`
  const text = `a: &a ${nine('x')}\nb: &b ${nine('*a')}\nc: &c ${nine('*b')}\nd: ${nine('*c')}\n`
  expect((await errorOf(text)).message).toContain('Excessive alias count')
})

it('resolves aliases, and finds what is wrong inside them where it is written', async () => {
  const config = await configOf('upstream: &slow { responseTimeout: 60s }\nservices: { a: { upstream: *slow } }\n')
  expect(config.services.get('a')?.upstream.responseTimeoutMs).toBe(60_000)
  const wrong = `${REGISTRY}upstream: &slow { responseTimeout: 60 }\nservices: { a: { upstream: *slow } }\n`
  expect(await problemsOf(wrong)).toEqual([
    'gateway.yaml:2:36  upstream.responseTimeout: "60" has no unit; write "60s" or "60ms"',
    'gateway.yaml:2:36  services.a.upstream.responseTimeout: "60" has no unit; write "60s" or "60ms"',
  ])
})
