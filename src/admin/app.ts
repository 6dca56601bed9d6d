import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import type { Explanation, Question } from '../explain/index.ts'
import { type ApiSources, createApi } from './api.ts'
import { createExplainApi } from './explain.ts'
import type { Metrics } from './metrics.ts'

export interface AdminOptions {
  /** Wanted by all but the health endpoints; null wants none. */
  readonly token: string | null
  readonly metrics: Metrics
  /** False before all that is registered has reached the workers and while draining. */
  ready(): boolean
  draining(): boolean
  readonly sources: ApiSources
  explain(question: Question): Promise<Explanation>
}

/** What operators and machines ask a running gateway. */
export function createAdminApp({ token, metrics, ready, draining, sources, explain }: AdminOptions): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ alive: true }))
  app.get('/readyz', (c) =>
    c.json({ ready: ready(), draining: draining(), registry: sources.registry.status }, ready() ? 200 : 503),
  )
  if (token !== null) app.use(bearerAuth({ verifyToken: (offered) => sameSecret(offered, token) }))
  app.get('/metrics', async (c) => c.text(await metrics.render(), 200, { 'content-type': metrics.contentType }))
  app.route('/api', createApi(sources))
  app.route('/api/explain', createExplainApi(explain))
  return app
}

/** In a time that does not tell how much of it was right. */
function sameSecret(offered: string, secret: string): boolean {
  const [a, b] = [Buffer.from(offered), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}
