import assert from 'node:assert/strict'
import { until } from '../../../support/until.ts'
import type { WireClient } from '../rig/client.ts'
import { ok, request } from '../rig/say.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

const { inFlight, pending } = KNOBS.narrow
/** Each worker may count for itself. */
const WORKERS = 2
/** So that no time-out ends an answer that goes on and on. */
const PACE_MS = KNOBS.responseTimeoutMs / 10

interface Crowd {
  readonly clients: readonly WireClient[]
  /** What is under way: each is being answered, and never to the end. */
  readonly held: UpstreamRequest[]
}

/** More requests than may be under way and wait. They come one after the other, so that it is known who came first. */
async function crowded(wire: Wire, judge: (crowd: Crowd) => Promise<void>): Promise<void> {
  const held: UpstreamRequest[] = []
  wire.upstream.respond((asked) => {
    asked.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    held.push(asked)
  })
  const pace = setInterval(() => {
    for (const asked of held) asked.write('1\r\n.\r\n')
  }, PACE_MS)
  try {
    const clients: WireClient[] = []
    for (let nth = 0; nth < WORKERS * (inFlight + pending) + 4; nth++) {
      const client = await wire.connect()
      clients.push(client.send(request(`GET ${wire.path('/x')} HTTP/1.1`)))
    }
    await judge({ clients, held })
  } finally {
    clearInterval(pace)
  }
}

const isRefused = (client: WireClient) => client.unread.startsWith('HTTP/1.1 503')

async function assertRefused(clients: readonly WireClient[]): Promise<void> {
  for (const client of clients) {
    const answer = await client.answer()
    assert.equal(answer.status, 503)
    assert.match(answer.field('retry-after') ?? 'none', /^\d+$/)
  }
}

const refused = (clients: readonly WireClient[], least: number) =>
  until(`${least} are refused`, () => clients.filter(isRefused).length >= least)

const narrow = (name: string, judge: (crowd: Crowd, wire: Wire) => Promise<void>): Case => ({
  rule: 97,
  level: 'should',
  name,
  narrow: true,
  run: (wire) => crowded(wire, (crowd) => judge(crowd, wire)),
})

export const cases: readonly Case[] = [
  narrow('what a service has no room for, at work or in its queue, is refused with 503', async ({ clients, held }) => {
    await refused(clients, 4)
    assert.ok(held.length <= WORKERS * inFlight, `${held.length} were under way at once`)
    await assertRefused(clients.filter(isRefused))
  }),
  narrow('what waits is asked for as soon as there is room', async ({ clients, held }, { upstream }) => {
    await refused(clients, 4)
    upstream.respond(ok())
    const ended = held.splice(0) // nothing more is written to these
    for (const asked of ended) asked.write('0\r\n\r\n')
    const statuses = await Promise.all(clients.map(async (client) => (await client.answer()).status))
    const served = statuses.filter((status) => status === 200)
    assert.ok(served.length > ended.length, `${served.length} were served, and ${ended.length} were under way`)
    assert.equal(upstream.requests.length, served.length)
  }),
  narrow('what waits for too long is refused with 503', async ({ clients, held }) => {
    await until(
      'only those under way are left',
      () => clients.filter(isRefused).length === clients.length - held.length,
    )
    await assertRefused(clients.filter(isRefused))
    assert.ok(held.length > 0 && held.length <= WORKERS * inFlight, `${held.length} were under way at once`)
  }),
]
