import assert from 'node:assert/strict'
import { until } from '../../../support/until.ts'
import { ok, request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const WITHIN_MS = 700

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

const FRAMINGS = {
  'an event stream': [['Content-Type: text/event-stream', 'Transfer-Encoding: chunked'], chunk, '0\r\n\r\n'],
  chunks: [['Transfer-Encoding: chunked'], chunk, '0\r\n\r\n'],
  length: [['Content-Length: 9'], (text: string) => text, ''],
  'a body up to the end': [[], (text: string) => text, undefined],
} as const

const responses = Object.entries(FRAMINGS).map(
  ([framing, [fields, frame, end]]): Case => ({
    rule: 68,
    level: 'must',
    name: `passes on a head before its body, and each piece before the next: ${framing}`,
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(response('200 OK', fields)))
      const client = await connect()
      client.send(request(`GET ${path('/x')} HTTP/1.1`))
      const asked = await upstream.request()
      await client.sees(/^HTTP\/1.1 200 .*\r\n\r\n/s, WITHIN_MS)
      for (const piece of ['one', 'two', 'six']) {
        asked.write(frame(piece))
        await client.sees(piece, WITHIN_MS)
      }
      if (end === undefined) asked.end()
      else asked.write(end)
      const { body, ending } = await client.answer()
      assert.equal(body, 'onetwosix')
      assert.equal(ending, 'clean')
    },
  }),
)

const requests = (['length', 'chunks'] as const).map(
  (framing): Case => ({
    rule: 69,
    level: 'should',
    name: `passes on each piece of a request body with ${framing} before the next, and the answer before the end`,
    async run({ connect, path, upstream }) {
      const [[field], frame, end] = FRAMINGS[framing]
      upstream.respond(() => undefined)
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, field))
      for (const piece of ['one', 'two']) {
        client.send(frame(piece))
        const asked = await upstream.request()
        await until(`${piece} upstream`, () => asked.body.endsWith(piece), WITHIN_MS)
      }
      const asked = await upstream.request()
      asked.write(response('200 OK', ['Transfer-Encoding: chunked']) + chunk('early'))
      await client.sees('early', WITHIN_MS)
      client.send(frame('six') + end)
      await asked.whole()
      asked.write('0\r\n\r\n')
      assert.equal((await client.answer()).body, 'early')
      assert.equal(asked.body, 'onetwosix')
      upstream.respond(ok('next'))
      assert.equal((await client.send(request(`GET ${path('/next')} HTTP/1.1`)).answer()).body, 'next')
    },
  }),
)

export const cases: readonly Case[] = [...responses, ...requests]
