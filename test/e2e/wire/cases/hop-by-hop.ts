import assert from 'node:assert/strict'
import { ok } from '../rig/say.ts'
import { through } from '../rig/through.ts'
import type { Case } from '../rig/wire.ts'

const NOMINATIONS: Readonly<Record<string, readonly string[]>> = {
  'one field': ['Connection: x-mine'],
  'a field in another case': ['Connection: X-MINE'],
  'a field beside close': ['Connection: close, x-mine'],
  'a field beside keep-alive': ['Connection: keep-alive, x-mine'],
  'a field in a list with blanks and empty places': ['Connection: , \t x-mine\t,,keep-alive'],
  'a field in the second of two lines': ['Connection: keep-alive', 'Connection: x-mine'],
  'a field in the first of two lines': ['connection: x-mine', 'CONNECTION: keep-alive'],
  'a field that is there twice': ['Connection: x-mine', 'X-Mine: 2'],
}

const nominated = Object.entries(NOMINATIONS).flatMap(([what, lines]): Case[] => {
  const fields = ['X-Mine: 1', ...lines, 'X-Kept: 1']
  return [
    {
      rule: 39,
      level: 'must',
      name: `takes ${what} that Connection names from a request`,
      async run(wire) {
        const { asked } = await through(wire, { fields })
        assert.deepEqual([asked.field('x-mine'), asked.field('x-kept')], [undefined, '1'])
      },
    },
    {
      rule: 39,
      level: 'must',
      name: `takes ${what} that Connection names from a response`,
      async run(wire) {
        wire.upstream.respond(ok('body', ...fields))
        const { answer } = await through(wire)
        assert.deepEqual([answer.field('x-mine'), answer.field('x-kept'), answer.body], [undefined, '1', 'body'])
      },
    },
  ]
})

/** About a connection by what they are. */
const OF_REQUESTS = [
  'Keep-Alive: timeout=77',
  'Proxy-Connection: keep-alive',
  'TE: gzip',
  'Trailer: x-later',
  'Upgrade: foo',
]
const OF_RESPONSES = ['Keep-Alive: timeout=77', 'Proxy-Connection: keep-alive', 'Upgrade: foo']

const nameOf = (field: string) => field.slice(0, field.indexOf(':'))

const byNature: readonly Case[] = [
  ...OF_REQUESTS.map(
    (field): Case => ({
      rule: 40,
      level: 'should',
      name: `takes ${field} from a request`,
      async run(wire) {
        const { asked } = await through(wire, { fields: [field, 'X-Kept: 1'] })
        assert.deepEqual([asked.field(nameOf(field)), asked.field('x-kept')], [undefined, '1'])
      },
    }),
  ),
  ...OF_RESPONSES.map(
    (field): Case => ({
      rule: 40,
      level: 'should',
      name: `takes ${field} from a response`,
      async run(wire) {
        wire.upstream.respond(ok('', field, 'X-Kept: 1'))
        const { answer } = await through(wire)
        assert.notEqual(answer.field(nameOf(field)), field.slice(field.indexOf(':') + 2))
        assert.equal(answer.field('x-kept'), '1')
      },
    }),
  ),
  {
    rule: 40,
    level: 'should',
    name: 'says TE: trailers with its Connection option, or not at all',
    async run(wire) {
      const { asked } = await through(wire, { fields: ['TE: trailers', 'Connection: TE'] })
      const te = asked.field('te')
      if (te === undefined) return
      assert.equal(te, 'trailers')
      assert.match(asked.all('connection').join(), /(^|,)\s*te\s*(,|$)/i)
    },
  },
]

const upgrades: readonly Case[] = [
  {
    rule: 41,
    level: 'must',
    name: 'relays no Upgrade that Connection does not name',
    async run(wire) {
      const { asked } = await through(wire, { fields: ['Upgrade: websocket'] })
      assert.equal(asked.field('upgrade'), undefined)
    },
  },
  {
    rule: 41,
    level: 'should',
    name: 'relays no h2c',
    async run(wire) {
      const fields = ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__', 'Connection: Upgrade, HTTP2-Settings']
      const { asked } = await through(wire, { fields })
      assert.deepEqual([asked.field('upgrade'), asked.field('http2-settings')], [undefined, undefined])
    },
  },
  {
    rule: 41,
    level: 'should',
    name: 'relays no HTTP2-Settings that Connection does not name',
    async run(wire) {
      const { asked } = await through(wire, { fields: ['HTTP2-Settings: AAMAAABkAAQAAP__'] })
      assert.equal(asked.field('http2-settings'), undefined)
    },
  },
]

export const cases: readonly Case[] = [...nominated, ...byNature, ...upgrades]
