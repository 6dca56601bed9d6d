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
      const tried = await Promise.all(Array.from({ length: COMING }, () => asking(wire)))
      const clients = tried.filter((client) => client !== undefined)
      const refused = (client: WireClient) => client.ended !== undefined || client.unread !== ''
      await until('all but a few are turned away, and those are asked for', () => {
        const within = clients.filter((client) => !refused(client)).length
        return within <= MOST && within === held.length
      })
      const outside = clients.filter(refused)
      const inside = clients.filter((client) => !outside.includes(client))
      for (const client of outside) {
        const answer = await client.answerOrEnd().catch(() => undefined)
        // nginx keeps the connection behind that.
        if (answer) assert.equal(answer.status, 503)
        else await client.closed()
      }
      assert.ok(inside.length >= KNOBS.connectionsPerAddress, `${inside.length} were let in`)
      for (const asked of held) asked.write(ok())
      for (const client of inside) assert.equal((await client.answer()).status, 200)

      for (const client of clients) client.reset()
      wire.upstream.respond(ok())
      await until('there is room again', async () => {
        const answer = await (await asking(wire))?.answerOrEnd().catch(() => undefined)
        return answer?.status === 200
      })
    },
  },
]

/** undefined: not even the connection came about. */
async function asking(wire: Wire): Promise<WireClient | undefined> {
  const socket = await wire.socket('crowded').catch(() => undefined)
  return socket && new WireClient(socket).send(request(`GET ${wire.path('/x')} HTTP/1.1`))
}
