import assert from 'node:assert/strict'
import { alive } from '../rig/hostile.ts'
import { perhaps } from '../rig/perhaps.ts'
import { request } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const length = ['Content-Length: 10']
const chunks = ['Transfer-Encoding: chunked']

const TRUNCATED: Readonly<Record<string, readonly [fields: readonly string[], body: string]>> = {
  'before its first byte': [length, ''],
  'in its middle': [length, 'hello'],
  'before its last byte': [length, '123456789'],
  'before the first chunk': [chunks, ''],
  'in a chunk size': [chunks, '5'],
  'behind a chunk size': [chunks, '5\r\n'],
  'in a chunk': [chunks, '5\r\nhel'],
  'behind a chunk': [chunks, '5\r\nhello\r\n'],
  'in the last chunk': [chunks, '5\r\nhello\r\n0'],
  'behind the last chunk': [chunks, '5\r\nhello\r\n0\r\n'],
  'in the last line end': [chunks, '5\r\nhello\r\n0\r\n\r'],
  'in a trailer': [chunks, '5\r\nhello\r\n0\r\nX: '],
  'behind a trailer': [chunks, '5\r\nhello\r\n0\r\nX: y\r\n'],
}

const truncated = Object.entries(TRUNCATED).flatMap(([where, [fields, body]]) =>
  (['half-closes', 'resets'] as const).map(
    (how): Case => ({
      rule: 24,
      level: 'must',
      name: `completes no request whose client ${how} ${where}`,
      async run(wire) {
        const client = await wire.connect()
        client.send(request(`POST ${wire.path('/x')} HTTP/1.1`, ...fields) + body)
        // A gateway that waits for the body before it asks anybody is right, too; nginx asks for each request at once here.
        await perhaps('somebody is asked', () => wire.upstream.requests.length > 0)
        if (how === 'resets') client.reset()
        else {
          client.end()
          await client.closed()
        }
        for (const connection of wire.upstream.connections) await connection.closed()
        const [asked] = wire.upstream.requests
        assert.notEqual(asked?.complete, true)
        assert.ok(body.replace(/^5\r\n/, '').startsWith(asked?.body ?? ''))
        await alive(wire)
      },
    }),
  ),
)

const silent: Case = {
  rule: 24,
  level: 'must',
  name: 'completes no request whose body stops to come',
  async run(wire) {
    const client = await wire.connect()
    client.send(`${request(`POST ${wire.path('/x')} HTTP/1.1`, ...length)}hello`)
    await client.closed()
    for (const connection of wire.upstream.connections) await connection.closed()
    assert.notEqual(wire.upstream.requests[0]?.complete, true)
    await alive(wire)
  },
}

export const cases: readonly Case[] = [...truncated, silent]
