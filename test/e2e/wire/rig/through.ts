import assert from 'node:assert/strict'
import type { Answer, WireClient } from './client.ts'
import { request } from './say.ts'
import type { UpstreamRequest } from './upstream.ts'
import type { Wire } from './wire.ts'

export interface Passed {
  readonly client: WireClient
  /** The request as it came upstream. */
  readonly asked: UpstreamRequest
  readonly answer: Answer
}

export interface Ask {
  readonly method?: string
  /** What `wire.path` makes a target of. */
  readonly rest?: string
  readonly version?: string
  readonly fields?: readonly string[]
  readonly body?: string
  /** What is expected; 200. */
  readonly status?: number
}

/** One request, on a connection of its own, that has to come upstream. */
export async function through(wire: Wire, ask: Ask = {}): Promise<Passed> {
  const { method = 'GET', rest = '/x', version = '1.1', fields = [], body = '', status = 200 } = ask
  const client = await wire.connect()
  client.send(request(`${method} ${wire.path(rest)} HTTP/${version}`, ...fields) + body)
  const answer = await client.answer({ toHead: method === 'HEAD' })
  assert.equal(answer.status, status)
  const asked = wire.upstream.requests.at(-1)
  assert.ok(asked, 'nothing came upstream')
  return { client, asked, answer }
}
