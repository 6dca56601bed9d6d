import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { options } from '../../../adapters/zookeeper/options.ts'
import { builtins } from '../../../src/builtins.ts'
import { parseConfig } from '../../../src/config/index.ts'

const ZOO1 = { host: 'zoo1', port: 2181 }
const V6 = { host: '::1', port: 2181 }

describe('the hosts', () => {
  it.each([
    ['zoo1', [ZOO1], '/services'],
    ['zoo1,[::1]', [ZOO1, V6], '/services'],
    [' zoo1:2181 , [::1]:2182 ', [ZOO1, { ...V6, port: 2182 }], '/services'],
    [['zoo1', '[::1]:2181'], [ZOO1, V6], '/services'],
    ['zoo1,[::1]/app', [ZOO1, V6], '/app/services'],
    ['zoo1:2181/app/two', [ZOO1], '/app/two/services'],
    [['zoo1', '[::1]:2181/app'], [ZOO1, V6], '/app/services'],
    ['zoo1/', [ZOO1], '/services'],
  ])('may be written %j', (hosts, servers, root) => {
    expect(options.parse({ hosts })).toMatchObject({ hosts: servers, root })
  })

  it('may have a chroot that is the whole root', () => {
    expect(options.parse({ hosts: 'zoo1/app', root: '/' }).root).toBe('/app')
    expect(options.parse({ hosts: 'zoo1', root: '/' }).root).toBe('/')
  })

  it.each([
    ['', '"" is not an address; write "zoo1:2181"'],
    ['zoo1,,zoo2', '"" is not an address'],
    ['::1', '"::1" is not an address'],
    ['[zoo1]', '"[zoo1]" is no server'],
    ['zoo 1', '"zoo 1" is no server'],
    ['zk://zoo1:2181', 'it has a scheme'],
    ['zoo1/app,zoo2', 'a chroot stands behind the last server'],
    ['zoo1/app/', 'the chroot "/app/" is not a path such as "/app"'],
    ['zoo1/../app', 'the chroot "/../app" is not a path'],
    ['zoo1:0', 'not between 1 and 65535'],
  ])('are not %j', (hosts, message) => {
    expect(options.safeParse({ hosts }).error?.issues[0]?.message).toContain(message)
  })

  it('that are wrong are pointed at in a list', () => {
    expect(options.safeParse({ hosts: ['zoo1', 'zk://zoo2'] }).error?.issues[0]?.path).toEqual(['hosts', 1])
  })
})

describe('the root', () => {
  it.each(['/', '/a', '/a/b', '/a.b/..c/.d/é'])('may be %j', (root) => {
    expect(options.parse({ hosts: 'zoo1', root }).root).toBe(root)
  })

  it.each(['', 'a', '/a/', '//', '/a//b', '/a/../b', '/.', '/a\u0000'])(
    'may not be %j, which no server takes',
    (root) => {
      expect(options.safeParse({ hosts: 'zoo1', root }).success).toBe(false)
    },
  )
})

describe('tls', () => {
  it('may be empty, and has a key for each certificate', () => {
    expect(options.parse({ hosts: 'zoo1', tls: {} }).tls).toEqual({})
    const half = options.safeParse({ hosts: 'zoo1', tls: { cert: 'a.pem' } })
    expect(half.error?.issues[0]?.message).toBe('cert and key go together')
  })
})

describe('the secret of auth', () => {
  it('is nowhere but where it is asked for', () => {
    const { auth } = options.parse({ hosts: 'zoo1', auth: { id: 'user:hunter2' } })
    expect(auth?.id.reveal()).toBe('user:hunter2')
    expect(auth?.scheme).toBe('digest')
    for (const shown of [JSON.stringify(auth), inspect(auth, { depth: 9, showHidden: true }), `${auth?.id}`])
      expect(shown).not.toContain('hunter2')
  })

  it('comes from the environment', async () => {
    const { registry } = await parse(`{ id: "\${ZK_AUTH}" }`, { ZK_AUTH: 'user:hunter2' })
    const { auth } = registry[0]!.options as { auth: { id: { reveal(): string } } }
    expect(auth.id.reveal()).toBe('user:hunter2')
    expect(JSON.stringify(registry)).not.toContain('hunter2')
  })

  it.each([
    ['hunter2', 'expected a mapping'],
    ['{ id: "a:hunter2", user: x }', 'unknown key "user"'],
    ["{ user: x, 'id' : 'a:hunter2, hunter2' }", 'unknown key "user"'],
    [`"\${ZK_AUTH}"`, 'expected a mapping'],
    [`["\${ZK_AUTH}"]`, 'expected a mapping'],
    [`{ scheme: digest, id: "\${ZK_PASSWORD}" }`, 'must be "user:password"'],
    [`{ id: "\${ZK_AUTH}", user: x }`, 'unknown key "user"'],
    [`{ id: ["\${ZK_AUTH}"] }`, 'expected text, got a list'],
    [`\n      id: \${ZK_NUMBER}`, 'expected text, got a number'],
  ])('is not told by the error about %s', async (auth, message) => {
    const env = { ZK_AUTH: 'user:hunter2', ZK_PASSWORD: 'hunter2', ZK_NUMBER: '2222222' }
    const error = await parse(auth, env).catch((error) => error)
    expect(error.format()).toContain(message)
    expect(error.format()).not.toMatch(/hunter2|2222222/)
    expect(JSON.stringify(error.problems)).not.toMatch(/hunter2|2222222/)
  })
})

function parse(auth: string, env: Record<string, string>) {
  const text = `registry:\n  type: zookeeper\n  options:\n    hosts: zoo1\n    auth: ${auth}\n`
  return parseConfig(text, 'gateway.yaml', { builtins, env }).then(({ config }) => config)
}
