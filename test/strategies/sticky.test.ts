import { expect, test } from 'vitest'
import type { BalancingStrategy } from '../../src/plugin/index.ts'
import { sticky } from '../../strategies/index.ts'
import { endpoints, pickContext, pluginContext } from '../contract/kit.ts'

const SECRET = '0123456789abcdef'
const [a, b, c] = endpoints('a', 'b', 'c') as [E, E, E]
type E = ReturnType<typeof endpoints>[number]

async function options(said: object = {}) {
  const result = await sticky.options!['~standard'].validate({ secret: SECRET, ...said })
  if (result.issues) throw new Error(result.issues[0]!.message)
  return result.value
}

async function made(said: object = {}, context: Parameters<typeof pluginContext>[0] = {}): Promise<BalancingStrategy> {
  const strategy = sticky.create(await options(said), pluginContext({ seed: 12_345, ...context }))
  strategy.update!([a, b, c])
  return strategy
}

/** What a client without a cookie is given: where it went, and the cookie that it sends from then on. */
function begun(strategy: BalancingStrategy, list: readonly E[] = [a, b, c]) {
  const context = pickContext()
  const picked = strategy.pick(list, context)
  const [[name, text]] = [...context.cookies] as [[string, string]]
  return { picked, name, text, cookie: text.slice(0, text.indexOf(';')) }
}

const bringing = (cookie: string) => pickContext({ header: (name) => (name === 'cookie' ? cookie : undefined) })

test('keeps a client where its first request went', async () => {
  const strategy = await made()
  for (let client = 0; client < 20; client++) {
    const { picked, cookie } = begun(strategy)
    expect(strategy.keeps!(bringing(`theme=dark; ${cookie}; x=1`))).toBe(picked)
  }
})

test('keeps a client that brings an older cookie too, such as one of another path', async () => {
  const strategy = await made()
  const { picked, name, cookie } = begun(strategy)
  expect(strategy.keeps!(bringing(`${name}=of-one-that-is-gone; ${cookie}`))).toBe(picked)
})

test('keeps none that brings no cookie, another one, or one that it has made up', async () => {
  const strategy = await made()
  const { name, cookie } = begun(strategy)
  const altered = cookie.slice(0, -2) + (cookie.at(-2) === 'A' ? 'B' : 'A') + cookie.at(-1)
  for (const forged of ['', 'a=b', `${name}=`, `${name}=a`, `${name}=YQ`, altered, `my${cookie}`])
    expect(strategy.keeps!(bringing(forged))).toBeUndefined()
  expect(strategy.keeps!(pickContext())).toBeUndefined()
})

test('knows the cookies of another worker with the same secret, of none with another, and of no other service', async () => {
  const { picked, cookie } = begun(await made())
  expect((await made()).keeps!(bringing(cookie))).toBe(picked)
  expect((await made({ secret: 'fedcba9876543210' })).keeps!(bringing(cookie))).toBeUndefined()
  expect((await made({ cookie: 'portolan-service' }, { service: 'other' })).keeps!(bringing(cookie))).toBeUndefined()
})

test('keeps a client where it is while that is left out of the picks: whether it is fit is for the gateway to say', async () => {
  const strategy = await made()
  const { picked, cookie } = begun(strategy)
  strategy.pick(
    [a, b, c].filter((each) => each !== picked),
    pickContext(),
  )
  expect(strategy.keeps!(bringing(cookie))).toBe(picked)
})

test('picks anew when the instance is gone, and binds the client to that', async () => {
  const strategy = await made()
  const { picked, cookie } = begun(strategy)
  const rest = [a, b, c].filter((each) => each !== picked)
  strategy.update!(rest)
  expect(strategy.keeps!(bringing(cookie))).toBeUndefined()
  const context = bringing(cookie)
  const other = strategy.pick(rest, context)
  const [renewed] = [...context.cookies.values()]
  expect(strategy.keeps!(bringing(renewed!.split(';')[0]!))).toBe(other)
})

test('an instance that comes back is bound to its clients again', async () => {
  const strategy = await made()
  const { picked, cookie } = begun(strategy)
  strategy.update!([])
  const [again] = endpoints(picked.instance.id) as [E]
  strategy.update!([again])
  expect(strategy.keeps!(bringing(cookie))).toBe(again)
})

test.each([
  [{}, /^portolan-service=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/],
  [
    { cookie: 'sid', path: '/shop', ttl: '1h', sameSite: 'none', secure: true, httpOnly: false },
    /^sid=[\w-]{43}; Max-Age=3600; Path=\/shop; Secure; SameSite=None$/,
  ],
])('sets a cookie as %j says', async (said, text) => {
  expect(begun(await made(said)).text).toMatch(text)
})

test('names the cookie by the service, in letters that a cookie may have', async () => {
  expect(begun(await made({}, { service: 'a:b.c' })).name).toBe('portolan-a_b.c')
})

test.each([
  { secret: 'short' },
  { cookie: 'a b' },
  { cookie: 'a;b' },
  { path: 'shop' },
  { path: '/; Secure' },
  { sameSite: 'none' },
  { ttl: '0s' },
])('refuses %j', async (said) => {
  await expect(options(said)).rejects.toThrow()
})

test('chooses with its inner strategy, and tells it all', async () => {
  const told: string[] = []
  const inner: BalancingStrategy = {
    pick: () => b,
    update: () => told.push('update'),
    observe: () => told.push('observe'),
    keeps: () => c,
    score: () => 7,
  }
  const strategy = await made({}, { inner: () => inner })
  expect(begun(strategy).picked).toBe(b)
  strategy.observe!(a, 1, false)
  expect(told).toEqual(['update', 'observe'])
  expect(strategy.keeps!(pickContext())).toBe(c)
  expect(strategy.score!(a, pickContext(), [a])).toBe(7)
})
