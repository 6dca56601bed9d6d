import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtins } from '../../src/builtins.ts'
import { parseConfig } from '../../src/config/index.ts'
import { type AdapterHarness, type AdapterRig, adapterContract, type Summary } from '../contract/index.ts'
import { listening, startGateway, startInstance } from './rig.ts'

const FILE = resolve('examples/custom-adapter/gateway.yaml')
const { catalog } = await parseConfig(
  'plugins: [./http-json.mjs]\nregistry: { type: http-json, options: { url: "http://r" } }',
  FILE,
  {
    builtins,
    env: {},
  },
)

describe('http-json', () => {
  for (const law of adapterContract(catalog.adapter('http-json'), harness())) it(law.name, () => law.run())
})

it('leads requests to what the endpoint names', async () => {
  const instance = await startInstance('a')
  const registry = createServer((_request, response) => response.end(JSON.stringify({ service_1: [instance] })))
  const env = { REGISTRY_URL: `http://${await listening(registry)}/` }
  const gateway = await startGateway(FILE, { env })
  const response = await gateway.fetch(new Request('http://gateway/services/service_1/'))
  expect(await response.text()).toBe('a')
})

/** An endpoint of its own for each law. What the adapter has open is its connection, which its client keeps for a moment. */
function harness(): AdapterHarness {
  return {
    cuts: true,
    async rig() {
      let truth: Summary = {}
      const broken: Record<string, string> = {}
      let server = await endpoint(0)
      const { port } = server.address() as AddressInfo
      return {
        options: { url: `http://127.0.0.1:${port}/`, every: '10ms' },
        async publish(services: Summary) {
          truth = services
        },
        async publishBroken(service: string) {
          broken[service] = 'no address'
        },
        cut: async () => shut(server),
        async mend() {
          server = await endpoint(port)
        },
        open: () => new Promise((count) => server.getConnections((_error, connections) => count(connections))),
        close: async () => shut(server),
      } satisfies AdapterRig

      function endpoint(port: number): Promise<Server> {
        // Two seconds: the client then keeps an unused connection for one.
        const server = createServer({ keepAliveTimeout: 2000 }, (_request, response) => {
          const lists = Object.entries(truth).map(([name, list]) => [name, [...list, broken[name] ?? []].flat()])
          response.end(JSON.stringify(Object.fromEntries(lists)))
        })
        return new Promise((open) => server.listen(port, '127.0.0.1', () => open(server)))
      }
    },
  }
}

function shut(server: Server): void {
  server.close()
  server.closeAllConnections()
}
