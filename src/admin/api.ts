import { setImmediate } from 'node:timers/promises'
import { type Context, Hono, type Next } from 'hono'
import { stream } from 'hono/streaming'
import type { Registry } from '../registry/index.ts'
import type { HealthSources } from './health-report.ts'
import { registryReport, serviceReport, serviceReports } from './reports.ts'

/** So many services are written before the process may do something else: an answer of megabytes holds nobody up. */
const BATCH = 50

export interface ApiSources extends HealthSources {
  readonly registry: Registry
}

/** What the registries hold and how it is, and the words that an operator has in it. */
export function createApi(sources: ApiSources): Hono {
  const { registry } = sources
  const api = new Hono()
  api.post('*', fromHere)
  api.get('/registry', (c) => c.json(registryReport(registry)))
  api.post('/registry/accept', (c) => {
    const service = c.req.query('service')
    if (service !== undefined && !registry.table.has(service)) return c.json(unknown(service), 404)
    return c.json({ changed: registry.accept(service) })
  })
  api.get('/services', (c) => {
    c.header('content-type', 'application/json')
    return stream(c, async (body) => {
      for await (const text of allServices(sources)) await body.write(text)
    })
  })
  api.get('/services/:name', (c) => {
    const name = c.req.param('name')
    const report = serviceReport(registry, name, sources)
    return report ? c.json(report) : c.json(unknown(name), 404)
  })
  for (const verb of ['drain', 'undrain'] as const)
    api.post(`/services/:name/instances/:id/${verb}`, (c) => {
      const { name, id } = c.req.param()
      const changed = registry[verb](name, id)
      if (changed === undefined) return c.json(registry.table.has(name) ? noInstance(name, id) : unknown(name), 404)
      return c.json({ service: name, instance: id, changed })
    })
  return api
}

/** A page of somebody else, open in an operator's browser, changes nothing. */
async function fromHere(c: Context, next: Next) {
  const { origin, host } = c.req.header()
  if (origin === undefined || origin === `http://${host}`) return next()
  return c.json({ error: `a page of ${origin} may not change anything here` }, 403)
}

const noInstance = (service: string, id: string) => ({
  error: `service ${JSON.stringify(service)} has no instance ${JSON.stringify(id)}`,
})

const unknown = (service: string) => ({ error: `no registry knows the service ${JSON.stringify(service)}` })

async function* allServices(sources: ApiSources): AsyncGenerator<string> {
  let [text, written] = ['{"services":[', 0]
  for (const report of serviceReports(sources.registry, sources)) {
    text += (written === 0 ? '' : ',') + JSON.stringify(report)
    if (++written % BATCH > 0) continue
    yield text
    text = ''
    await setImmediate()
  }
  yield `${text}]}`
}
