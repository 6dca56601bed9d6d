import assert from 'node:assert/strict'
import { until } from '../../../support/until.ts'
import { WireClient } from '../rig/client.ts'
import { ok, request } from '../rig/say.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

/** Two workers may each count for themselves. */
const MOST = 2 * KNOBS.connectionsPerAddress
const COMING = 3 * MOST

export const cases: readonly Case[] = [
  {
    rule: 96,
    level: 'should',
    name: 'connections beyond those that a client address may have are answered 503 or closed, and never hang',
    needs: ['crowded'],
    alone: true,
    async run(wire) {
      const held: UpstreamRequest[] = []
      wire.upstream.respond((asked) => void held.push(asked))
      const clients = await Promise.all(Array.from({ length: COMING }, () => asking(wire)))
      const refused = (client: WireClient) => client.ended !== undefined || client.unread !== ''
      await until('all but a few are turned away', () => clients.filter(refused).length >= COMING - MOST)
      for (const client of clients.filter(refused)) {
        const answer = await client.answerOrEnd().catch(() => undefined)
        if (answer) assert.equal(answer.status, 503)
        await client.closed()
      }
      const inside = clients.filter((client) => client.ended === undefined)
      assert.ok(inside.length >= KNOBS.connectionsPerAddress, `${inside.length} were let in`)
      await until('they are asked for', () => held.length === inside.length)
      for (const asked of held) asked.write(ok())
      for (const client of inside) assert.equal((await client.answer()).status, 200)

      for (const client of inside) client.reset()
      wire.upstream.respond(ok())
      await until('there is room again', async () => {
        const answer = await (await asking(wire)).answerOrEnd().catch(() => undefined)
        return answer?.status === 200
      })
    },
  },
]

async function asking(wire: Wire): Promise<WireClient> {
  const client = new WireClient(await wire.socket('crowded'))
  return client.send(request(`GET ${wire.path('/x')} HTTP/1.1`))
}
