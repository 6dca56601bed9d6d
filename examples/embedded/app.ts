/**
 * The gateway inside a Hono app of one's own: some paths are answered here, the others by a service.
 *
 *   node dist/examples/embedded/main.js     (with `npm start` in another terminal)
 *   curl http://127.0.0.1:8081/ && curl http://127.0.0.1:8081/services/service_1/
 */
import { Hono } from 'hono'
import { createGateway } from 'portolan'

export async function createShop(config: string) {
  const gateway = await createGateway(config)
  await gateway.start()
  const app = new Hono()
  app.get('/', (c) => c.text('Welcome to the shop.\n'))
  app.all('/services/*', (c) => gateway.fetch(c.req.raw))
  return { fetch: app.fetch, close: () => gateway.close() }
}
