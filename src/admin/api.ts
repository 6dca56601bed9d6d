import { setImmediate } from 'node:timers/promises'
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import type { Registry } from '../registry/index.ts'
import { registryReport, serviceReport, serviceReports } from './reports.ts'

/** So many services are written before the process may do something else: an answer of megabytes holds nobody up. */
const BATCH = 50

/** What the registries hold, and the one word that an operator has in it. */
export function createRegistryApi(registry: Registry): Hono {
  const api = new Hono()
  api.get('/registry', (c) => c.json(registryReport(registry)))
  api.post('/registry/accept', (c) => {
    const { origin, host } = c.req.header()
    if (origin !== undefined && origin !== `http://${host}`)
      return c.json({ error: `a page of ${origin} may not change anything here` }, 403)
    const service = c.req.query('service')
    if (service !== undefined && !registry.table.has(service)) return c.json(unknown(service), 404)
    return c.json({ changed: registry.accept(service) })
  })
  api.get('/services', (c) => {
    c.header('content-type', 'application/json')
    return stream(c, async (body) => {
      for await (const text of allServices(registry)) await body.write(text)
    })
  })
  api.get('/services/:name', (c) => {
    const name = c.req.param('name')
    const report = serviceReport(registry, name)
    return report ? c.json(report) : c.json(unknown(name), 404)
  })
  return api
}

const unknown = (service: string) => ({ error: `no registry knows the service ${JSON.stringify(service)}` })

async function* allServices(registry: Registry): AsyncGenerator<string> {
  let [text, written] = ['{"services":[', 0]
  for (const report of serviceReports(registry)) {
    text += (written === 0 ? '' : ',') + JSON.stringify(report)
    if (++written % BATCH > 0) continue
    yield text
    text = ''
    await setImmediate()
  }
  yield `${text}]}`
}
