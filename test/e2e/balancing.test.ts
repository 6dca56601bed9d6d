import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { strategies } from '../../strategies/index.ts'
import { startGateway } from '../support/gateway.ts'
import { ask, askTimes, type Named, named, namesIn, WHICH_WORKER, workersIn } from '../support/named.ts'
import { until } from '../support/until.ts'

const SECRET = 'a secret of the gateways'
const OPTIONS: Readonly<Record<string, object>> = { sticky: { secret: SECRET }, 'zone-aware': { zone: 'here' } }
const BY_KEY = ['maglev', 'rendezvous', 'ring-hash']
const byUser = (type: string) => ({ type, options: { key: { header: 'x-user' } } })
/** So many keys that an instance without one is out of the question: 3 * (2/3)^60. */
const users = Array.from({ length: 60 }, (_, index) => `user-${index}`)

/** Two workers, and a service by the name of each kind of balancing. */
async function balanced(balancing: Readonly<Record<string, object>>, instances: readonly unknown[], more: object = {}) {
  const names = Object.keys(balancing)
  const services = Object.fromEntries(names.map((name) => [name, { balancing: balancing[name] }]))
  const gateway = await startGateway(stringify({ server: { workers: 2 }, ...WHICH_WORKER.yaml, services, ...more }), {
    services: Object.fromEntries(names.map((name) => [name, instances])),
    files: WHICH_WORKER.files,
  })
  return { gateway, at: (service: string) => `${gateway.url}/services/${service}/` }
}

const addresses = (instances: readonly Named[]) => instances.map(({ address }) => address)

it('reaches all instances with every strategy', async () => {
  const instances = await named('a', 'b', 'c')
  const types = strategies.filter(({ kind }) => kind === 'strategy').map(({ name }) => name)
  const all = types.map((type) => [type, BY_KEY.includes(type) ? byUser(type) : { type, options: OPTIONS[type] ?? {} }])
  const { at } = await balanced(Object.fromEntries(all), addresses(instances))
  const reached = async (type: string) => {
    const answers = await Promise.all(users.map((user) => ask(at(type), { 'x-user': user })))
    return [type, namesIn(answers), workersIn(answers)]
  }
  for (const type of types) expect(await reached(type)).toEqual([type, ['a', 'b', 'c'], 2])
})

it('sends a key to the same instance from each worker', async () => {
  const instances = await named('a', 'b', 'c')
  const { at } = await balanced(Object.fromEntries(BY_KEY.map((type) => [type, byUser(type)])), addresses(instances))
  for (const type of BY_KEY)
    for (const user of users.slice(0, 12)) {
      const answers = await askTimes(6, at(type), { 'x-user': user })
      expect([type, user, namesIn(answers).length, workersIn(answers)]).toEqual([type, user, 1, 2])
    }
})

it('stays in its zone, and leaves it when that is down', async () => {
  const [a, b, c] = await named('a', 'b', 'c')
  const zoned = [a, b, c].map((one) => ({ address: one!.address, zone: one === c ? 'there' : 'here' }))
  const { at } = await balanced({ near: { type: 'zone-aware', options: { zone: 'here' } } }, zoned)
  const near = await askTimes(40, at('near'))
  expect([namesIn(near), workersIn(near)]).toEqual([['a', 'b'], 2])
  await Promise.all([a!.close(), b!.close()])
  const far = await askTimes(20, at('near'))
  expect([namesIn(far), far.every(({ status }) => status === 200)]).toEqual([['c'], true])
})

it('leaves a lower priority alone until the higher one is killed', async () => {
  const [first, second, spare, other] = await named('first', 'second', 'spare', 'other')
  const tiers = [
    ...addresses([first!, second!]),
    ...addresses([spare!, other!]).map((address) => ({ address, metadata: { priority: '1' } })),
  ]
  const { gateway, at } = await balanced({ tiers: { type: 'round-robin' } }, tiers)
  expect(namesIn(await askTimes(40, at('tiers')))).toEqual(['first', 'second'])
  await Promise.all([first!.close(), second!.close()])
  const during = await askTimes(40, at('tiers'))
  expect([namesIn(during), during.every(({ status }) => status === 200)]).toEqual([['other', 'spare'], true])
  const asked = gateway.access.length
  await until('they are asked first', async () => {
    await askTimes(8, at('tiers'))
    return gateway.access.slice(asked).length > 8 && gateway.access.slice(-8).every(({ attempts }) => attempts === 1)
  })
})

const AGED = `
  const hour = 3_600_000
  const aged = ([host, port], age) => ({
    id: host + ':' + port, host, port: Number(port), tls: false, weight: 1, status: 'up', metadata: {},
    registeredAt: Date.now() - age,
  })
  export default { kind: 'adapter', name: 'aged', create: () => ({
    async *watch(signal) {
      const [a, b, young] = process.env.INSTANCES.split(' ').map((address) => address.split(':'))
      yield new Map([['growing', [aged(a, hour), aged(b, hour), aged(young, 0)]]])
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  }) }`

it('lets an instance grow into its share from its registration on, however new the gateway is', async () => {
  const instances = await named('a', 'b', 'young')
  const gateway = await startGateway(
    stringify({
      plugins: ['./aged.mjs'],
      registry: { type: 'aged' },
      server: { workers: 2 },
      balancing: 'weighted',
      health: { slowStart: '10m' },
    }),
    { files: { 'aged.mjs': AGED.replace('process.env.INSTANCES', JSON.stringify(addresses(instances).join(' '))) } },
  )
  const answers = await askTimes(126, `${gateway.url}/services/growing/`)
  // A tenth of the others' weight: 1 in 21. With its full weight it were 42.
  const share = answers.filter(({ name }) => name === 'young').length
  expect(share).toBeGreaterThanOrEqual(4)
  expect(share).toBeLessThanOrEqual(8)
})
