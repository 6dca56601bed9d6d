import assert from 'node:assert/strict'
import type { Answer, WireClient } from './client.ts'
import { request } from './say.ts'
import type { UpstreamRequest } from './upstream.ts'
import type { Wire } from './wire.ts'

const FOLLOWING = '/following'
const ALIVE = '/alive'

/** Sends bytes with a proper request right behind them, and takes the first answer. */
async function strike(wire: Wire, bytes: string): Promise<[WireClient, Answer]> {
  const client = await wire.connect()
  client.send(bytes + request(`GET ${wire.path(FOLLOWING)} HTTP/1.1`))
  const answer = await client.answer()
  for (const { connections } of wire.upstreams)
    for (const { violation } of connections) assert.equal(violation, undefined, `malformed upstream: ${violation}`)
  return [client, answer]
}

/** The gateway answers with one of the statuses and closes; nothing whole comes upstream, neither of this nor of what is behind it. */
export async function refuses(wire: Wire, bytes: string, statuses: readonly number[] = [400]): Promise<void> {
  const [client, answer] = await strike(wire, bytes)
  await assertRefused(wire, client, answer, statuses)
}

/** As `refuses`, or the request comes upstream in a way that satisfies `accepted`. */
export async function refusesOr(
  wire: Wire,
  bytes: string,
  accepted: (asked: UpstreamRequest, client: WireClient) => unknown,
  statuses: readonly number[] = [400],
): Promise<void> {
  const [client, answer] = await strike(wire, bytes)
  const [asked] = wire.upstream.requests
  if (!asked?.complete) return assertRefused(wire, client, answer, statuses)
  assert.equal(answer.status, 200)
  await accepted(asked, client)
  await alive(wire)
  const [, ...others] = targets(wire)
  assert.ok(others.join() === '' || others.join() === FOLLOWING, `also asked for ${others}`)
}

async function assertRefused(
  wire: Wire,
  client: WireClient,
  { status }: Answer,
  statuses: readonly number[],
): Promise<void> {
  assert.ok(statuses.includes(status), `answered ${status}, not ${statuses}`)
  await client.closed()
  assert.equal(client.unread, '')
  await assertNothingWhole(wire)
}

/** No complete request has come upstream; the gateway is well. */
export async function assertNothingWhole(wire: Wire): Promise<void> {
  await alive(wire)
  assert.deepEqual(targets(wire), [])
}

/** A proper request on a new connection is answered: also a sign that whatever was sent before it has been dealt with. */
export async function alive(wire: Wire): Promise<void> {
  const client = await wire.connect()
  const { status } = await client.send(request(`GET ${wire.path(ALIVE)} HTTP/1.1`)).answer()
  assert.equal(status, 200)
}

/** Of the complete requests upstream. */
export function targets({ upstreams }: Wire): string[] {
  const whole = upstreams.flatMap(({ requests }) => requests).filter(({ complete }) => complete)
  return whole.map(({ target }) => target).filter((target) => target !== ALIVE)
}

/** How a name tells what is hard to read. */
export function shown(text: string): string {
  if (text === '') return 'nothing'
  const escaped = JSON.stringify(text).slice(1, -1)
  return escaped.replace(/[^\x20-\x7e]/g, (one) => `\\x${one.charCodeAt(0).toString(16)}`)
}
