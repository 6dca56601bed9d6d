import assert from 'node:assert/strict'
import { until } from '../../../support/until.ts'
import type { WireClient } from '../rig/client.ts'
import { ok, request } from '../rig/say.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

const { inFlight, pending } = KNOBS.narrow
/** Each worker may count for itself. */
const WORKERS = 2

/** Clients that ask one after the other, so that it is known who came first. */
async function coming(wire: Wire, count: number): Promise<WireClient[]> {
  const clients: WireClient[] = []
  for (let nth = 0; nth < count; nth++) {
    const client = await wire.connect()
    clients.push(client.send(request(`GET ${wire.path('/x')} HTTP/1.1`)))
  }
  return clients
}

async function assertRefused(client: WireClient): Promise<void> {
  const answer = await client.answer()
  assert.equal(answer.status, 503)
  assert.match(answer.field('retry-after') ?? 'none', /^\d+$/)
}

/** More than may be under way and wait, and the instance keeps them all waiting. */
async function crowd(wire: Wire): Promise<{ clients: WireClient[]; held: UpstreamRequest[] }> {
  const held: UpstreamRequest[] = []
  wire.upstream.respond((asked) => void held.push(asked))
  const clients = await coming(wire, WORKERS * (inFlight + pending) + 4)
  return { clients, held }
}

const refused = (client: WireClient) => client.unread !== ''

const narrow = (name: string, run: Case['run']): Case => ({ rule: 97, level: 'should', name, narrow: true, run })

export const cases: readonly Case[] = [
  narrow(
    'what a service has no room for, in work or in the queue, is refused with 503 and Retry-After',
    async (wire) => {
      const { clients, held } = await crowd(wire)
      await until('those beyond are refused', () => clients.filter(refused).length >= 4)
      assert.ok(held.length <= WORKERS * inFlight, `${held.length} were under way at once`)
      for (const client of clients.filter(refused)) await assertRefused(client)
    },
  ),
  narrow('what waits is asked for as soon as there is room', async (wire) => {
    const { clients, held } = await crowd(wire)
    await until('those beyond are refused', () => clients.filter(refused).length >= 4)
    const underWay = held.length
    wire.upstream.respond(ok())
    for (const asked of held) asked.write(ok())
    const statuses = await Promise.all(clients.map(async (client) => (await client.answer()).status))
    const served = statuses.filter((status) => status === 200)
    assert.ok(served.length > underWay, `${served.length} were served, and ${underWay} were under way`)
    assert.equal(wire.upstream.requests.length, served.length)
  }),
  narrow('what waits for too long is refused with 503 and Retry-After', async (wire) => {
    const { clients, held } = await crowd(wire)
    const late = () => clients.filter(refused)
    await until('only those under way are left', () => late().length === clients.length - held.length)
    for (const client of late()) await assertRefused(client)
    assert.ok(held.length > 0 && held.length <= WORKERS * inFlight, `${held.length} were under way at once`)
  }),
]
