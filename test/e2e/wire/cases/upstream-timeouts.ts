import assert from 'node:assert/strict'
import type { WireClient } from '../rig/client.ts'
import { ok, request } from '../rig/say.ts'
import { through } from '../rig/through.ts'
import type { Script } from '../rig/upstream.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

const FORMS = {
  GET: { fields: [], body: '' },
  POST: { fields: ['Content-Length: 5'], body: 'hello' },
} as const
const METHODS = ['GET', 'POST'] as const

const sent = ({ path }: Wire, method: (typeof METHODS)[number], rest = '/x') =>
  request(`${method} ${path(rest)} HTTP/1.1`, ...FORMS[method].fields) + FORMS[method].body

/** The next request of the client is answered properly: on this connection, or on a new one if it was closed. */
async function inStep(wire: Wire, client: WireClient): Promise<void> {
  wire.upstream.respond(ok('in step'))
  const answer = await client.send(sent(wire, 'GET', '/next')).answerOrEnd()
  assert.equal((answer ?? (await through(wire)).answer).body, 'in step')
}

const SILENT: Readonly<Record<string, Script>> = {
  'says nothing': () => undefined,
  'stops within its head': (asked) => asked.write('HTTP/1.1 200 OK\r\nContent-Le'),
}

const silent = Object.entries(SILENT).flatMap(([what, script]) =>
  METHODS.map(
    (method): Case => ({
      rule: 80,
      level: 'must',
      name: `answers 504 to a ${method} when the instance ${what}, asks once, and lets go of it`,
      async run(wire) {
        wire.upstream.respond(script)
        const client = await wire.connect()
        const startedMs = Date.now()
        const { status } = await client.send(sent(wire, method)).answer()
        const tookMs = Date.now() - startedMs
        assert.equal(status, 504)
        assert.ok(tookMs > 0.9 * KNOBS.responseTimeoutMs && tookMs < 2 * KNOBS.responseTimeoutMs, `after ${tookMs} ms`)
        await (await wire.upstream.connection()).closed()
        assert.equal(wire.upstream.requests.length, 1)
        await inStep(wire, client)
      },
    }),
  ),
)

const late: Case = {
  rule: 81,
  level: 'must',
  name: 'gives a late answer to nobody else',
  async run(wire) {
    wire.upstream.respond(() => undefined, ok('fresh'))
    const client = await wire.connect()
    assert.equal((await client.send(sent(wire, 'GET')).answer()).status, 504)
    const asked = await wire.upstream.request()
    for (let again = 0; again < 10; again++) {
      if (again % 5 === 0) asked.write(ok('late'))
      const { answer } = await through(wire)
      assert.equal(answer.body, 'fresh')
    }
  },
}

const refused = METHODS.map(
  (method): Case => ({
    rule: 83,
    level: 'must',
    name: `answers a ${method} 502 or 503 when the instance refuses, tells no internals, and stays in step`,
    async run(wire) {
      wire.upstream.refuse()
      const client = await wire.connect()
      const answer = await client.send(sent(wire, method)).answer({ patienceMs: 5000 })
      assert.ok([502, 503].includes(answer.status), `answered ${answer.status}`)
      assert.doesNotMatch(answer.body, new RegExp(`127\\.0\\.0\\.1|:${wire.upstream.port}|ECONN|node:|\\bat /`))
      await wire.upstream.listen()
      await inStep(wire, client)
    },
  }),
)

const back: Case = {
  rule: 89,
  level: 'must',
  name: 'asks an instance again that is back',
  async run(wire) {
    await through(wire)
    wire.upstream.refuse()
    for (const { socket } of wire.upstream.connections) socket.destroy()
    for (let i = 0; i < 3; i++) {
      const client = await wire.connect()
      assert.ok((await client.send(sent(wire, 'GET')).answer()).status >= 500)
    }
    await wire.upstream.listen()
    const deadlineMs = Date.now() + 2000
    for (;;) {
      const client = await wire.connect()
      if ((await client.send(sent(wire, 'GET')).answer()).status === 200) return
      assert.ok(Date.now() < deadlineMs, 'not within 2 s')
    }
  },
}

export const cases: readonly Case[] = [...silent, late, ...refused, back]
