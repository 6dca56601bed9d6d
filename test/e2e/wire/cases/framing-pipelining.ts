import assert from 'node:assert/strict'
import { ok, request } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

export const cases: readonly Case[] = [
  {
    rule: 25,
    level: 'must',
    name: 'answers pipelined requests in order',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.whole().then(() => asked.write(ok(asked.target))))
      const client = await connect()
      const targets = ['/a', '/b', '/c', '/d', '/e']
      client.send(targets.map((target) => request(`GET ${path(target)} HTTP/1.1`)).join(''))
      for (const target of targets) assert.equal((await client.answer()).body, target)
      assert.deepEqual(
        upstream.requests.map(({ target }) => target),
        targets,
      )
    },
  },
]
