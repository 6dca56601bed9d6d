import { Hono } from 'hono'
import { z } from 'zod'
import type { Explanation, Question } from '../explain/index.ts'

const MOST_BYTES = 64 * 1024

const question = z.strictObject({
  method: z.string().regex(/^[A-Za-z]+$/, 'is not a method'),
  url: z.string().min(1),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  clientAddress: z.string().optional(),
  tried: z.array(z.string()).optional(),
})

/** `POST /`: what would become of a request. 400 for what is no question, 503 while nobody can answer. */
export function createExplainApi(explain: (asked: Question) => Promise<Explanation>): Hono {
  const api = new Hono()
  api.post('/', async (c) => {
    const text = await c.req.text()
    if (text.length > MOST_BYTES) return c.json({ error: `a question has at most ${MOST_BYTES} characters` }, 413)
    const asked = question.safeParse(parsed(text))
    if (!asked.success) return c.json({ error: wrong(asked.error) }, 400)
    try {
      return c.json(await explain(asked.data as Question))
    } catch (error) {
      return c.json({ error: (error as Error).message }, 503)
    }
  })
  return api
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function wrong({ issues }: z.ZodError): string {
  const found = issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
  return `expected {"method", "url", "headers"?, "clientAddress"?, "tried"?}: ${found.join('; ')}`
}
