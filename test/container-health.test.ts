import { expect, it } from 'vitest'
import { builtins } from '../src/builtins.ts'
import { parseConfig } from '../src/config/index.ts'
import { dataPlaneOf, newGatewayScope } from '../src/container.ts'
import { set } from '../src/di.ts'
import { instance } from '../src/plugin/index.ts'
import { Tokens } from '../src/tokens.ts'
import { pluginContext } from './contract/index.ts'

const YAML = `
registry: { type: static-file, options: { path: services.yaml } }
services:
  probed: { health: { active: { type: tcp } } }
  calm: { health: { panicBelow: 0 } }
  slow: { health: { slowStart: 1m } }
`

const WALL_MS = Date.UTC(2026, 0, 1)

it('gives each pool the health settings of its service', async () => {
  const { config, catalog } = await parseConfig(YAML, 'gateway.yaml', { builtins, env: {} })
  const scope = newGatewayScope({ config, catalog, log: pluginContext().log, lines: { write: () => undefined } })
  set(scope, Tokens.wallMs, () => WALL_MS)
  const { directory } = dataPlaneOf(scope)
  const instances = [1, 2, 3].map((port) => instance({ host: '10.0.0.1', port }))
  const names = ['plain', 'probed', 'calm', 'slow']
  directory.apply({ services: names.map((name) => ({ name, instances })), removed: [], complete: true })
  const newcomer = instance({ host: '10.0.0.1', port: 4, registeredAt: WALL_MS })
  for (const name of names)
    directory.apply({ services: [{ name, instances: [newcomer], gone: [] }], removed: [], complete: true })

  const pools = names.map((name) => directory.pool(name))
  const last = pools.map((pool) => pool.candidates().at(-1)!)
  expect(last.map(({ why }) => why)).toEqual([undefined, 'not probed yet', undefined, undefined])
  expect(last.map(({ weight }) => weight)).toEqual([1, 1, 1, 0.1])
  for (const name of names) for (const port of [1, 2, 3]) directory.verdict(name, `10.0.0.1:${port}`, false)
  expect(pools.map(({ panic }) => panic)).toEqual([true, true, false, true])
})
