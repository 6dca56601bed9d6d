import { expect, it } from 'vitest'
import { createExplainApi } from '../../src/admin/explain.ts'
import type { Explanation, Question } from '../../src/explain/index.ts'

const explain = async ({ method, url }: Question): Promise<Explanation> => {
  if (url === '/nobody') throw new Error('no worker serves just now')
  return { worker: 0, request: { method, target: url } }
}

const post = (body: string) => createExplainApi(explain).request('/', { method: 'POST', body })

it('hands the question on, and the answer back', async () => {
  const answer = await post('{"method":"GET","url":"/services/a/","headers":{"x-a":["1","2"]},"tried":["10.0.0.1:80"]}')
  expect(await answer.json()).toEqual({ worker: 0, request: { method: 'GET', target: '/services/a/' } })
})

it.each([
  ['', 'expected {"method", "url"'],
  ['[]', 'expected {"method", "url"'],
  ['{"method":"GET"}', 'url: '],
  ['{"method":"G T","url":"/"}', 'method: is not a method'],
  ['{"method":"GET","url":"/","headers":{"a":1}}', 'headers.a: '],
  ['{"method":"GET","url":"/","header":{}}', 'header'],
])('answers %j with 400 and what would be right', async (body, words) => {
  const answer = await post(body)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({ error: expect.stringContaining(words) })
})

it('answers a question that is too long with 413', async () => {
  expect((await post(JSON.stringify({ method: 'GET', url: `/${'a'.repeat(70_000)}` }))).status).toBe(413)
})

it('answers 503 while nobody can tell', async () => {
  const answer = await post('{"method":"GET","url":"/nobody"}')
  expect([answer.status, await answer.json()]).toEqual([503, { error: 'no worker serves just now' }])
})
