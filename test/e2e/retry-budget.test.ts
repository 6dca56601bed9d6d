import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { startGateway } from '../support/gateway.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { startUpstream } from '../support/upstream.ts'

const LOAD = { perSecond: 300, seconds: 10, methods: ['GET', 'PUT', 'DELETE'] }

it('asks failing instances little more often than its clients ask, however much may be retried', async () => {
  const instances = await Promise.all([1, 2, 3].map(() => startUpstream((_, answer) => answer.writeHead(503).end())))
  const gateway = await startGateway(stringify({ server: { workers: 2 }, retry: { on: ['timeout', 503] } }), {
    services: { users: instances.map(({ address }) => address) },
  })
  const answers = await new SteadyLoad(gateway.url, 'users', LOAD).finished()
  const asked = instances.reduce((sum, instance) => sum + instance.asked.length, 0)
  expect(answers.failed.length, answers.story).toBe(LOAD.perSecond * LOAD.seconds)
  // 20 % of the requests and ten a second: of this load 23 %.
  expect(asked / answers.all.length, answers.story).toBeLessThanOrEqual(1.25)
  expect(asked / answers.all.length, answers.story).toBeGreaterThan(1.1)
}, 40_000)
