import assert from 'node:assert/strict'
import type { Answer, AnswerOptions, WireClient } from './client.ts'
import { ok, request } from './say.ts'
import type { Script } from './upstream.ts'
import type { Wire } from './wire.ts'

/** Whatever is asked after what is looked at, is answered with this. */
const NEXT = 'next'

/** The client's view of an answer that the upstream gives by `script`, and of the connection behind it. */
export async function answered(
  wire: Wire,
  script: Script,
  {
    method = 'GET',
    fields = [] as readonly string[],
    ...options
  }: { method?: string; fields?: readonly string[] } & AnswerOptions = {},
): Promise<[Answer, WireClient]> {
  wire.upstream.respond(script)
  const client = await wire.connect()
  client.send(request(`${method} ${wire.path('/x')} HTTP/1.1`, ...fields))
  const answer = await client.answer({ toHead: method === 'HEAD', ...options })
  wire.upstream.respond(ok(NEXT))
  return [answer, client]
}

/** The next request, on this connection if the gateway keeps it, gets its own answer, and nothing comes before that. */
export async function assertInStep(wire: Wire, client: WireClient): Promise<void> {
  client.send(request(`GET ${wire.path('/next')} HTTP/1.1`))
  const answer = (await client.answerOrEnd()) ?? (await onNewConnection(wire))
  assert.equal(answer.body, NEXT)
  assert.equal(client.unread, '')
}

async function onNewConnection(wire: Wire): Promise<Answer> {
  const client = await wire.connect()
  return client.send(request(`GET ${wire.path('/next')} HTTP/1.1`)).answer()
}

/** 502, in good order, and no upstream connection that said such a thing is used again. */
export async function assertBadGateway(wire: Wire, script: Script): Promise<void> {
  const [answer, client] = await answered(wire, script)
  assert.equal(answer.status, 502)
  assert.equal(answer.ending, 'clean')
  await assertUpstreamClosed(wire)
  await assertInStep(wire, client)
}

/** 502, or an answer that the client sees break off, be it before its head. */
export async function assertBroken(wire: Wire, script: Script): Promise<void> {
  wire.upstream.respond(script)
  const client = await wire.connect()
  const answer = await client.send(request(`GET ${wire.path('/x')} HTTP/1.1`)).answerOrEnd()
  wire.upstream.respond(ok(NEXT))
  assert.ok(wire.upstream.requests.length > 0, 'nobody was asked')
  if (answer && answer.status !== 502) assert.equal(answer.ending, 'cut')
  await assertUpstreamClosed(wire)
  await assertInStep(wire, client)
}

/** 502, or a clean answer that satisfies `accepted`. */
export async function assertBadGatewayOr(
  wire: Wire,
  script: Script,
  accepted: (answer: Answer) => void,
): Promise<void> {
  const [answer, client] = await answered(wire, script)
  assert.equal(answer.ending, 'clean')
  if (answer.status !== 502) accepted(answer)
  await assertInStep(wire, client)
}

async function assertUpstreamClosed({ upstream }: Wire): Promise<void> {
  for (const connection of upstream.connections) await connection.closed()
}
