import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { until } from '../../../support/until.ts'
import { alive } from '../rig/hostile.ts'
import { request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const POURED_BYTES = 128 * 2 ** 20
/** What a process may grow by for other reasons. */
const GROWTH_BYTES = POURED_BYTES / 2
const PAGE_BYTES = 4096

/** What begins a section without an end, and what it goes on with. */
const SECTIONS: Readonly<Record<string, readonly [begin: string, piece: string]>> = {
  'chunk extension': ['5;', 'x'.repeat(64)],
  'line of chunk extensions': ['5', ';name=value'],
  'trailer field': ['0\r\nX: ', 'y'.repeat(64)],
  'trailer section': ['0\r\n', 'X-Trailer: y\r\n'],
}

/** All of it, or as much as the other side takes before it ends the connection. */
async function pour(socket: Socket, begin: string, piece: string, over: () => unknown): Promise<void> {
  const block = Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length)), 'latin1')
  socket.write(begin)
  for (let poured = 0; poured < POURED_BYTES && !over() && socket.writable; poured += block.length)
    if (!socket.write(block)) await until('it is taken, or refused', () => !socket.writableNeedDrain || over())
}

/** Memory of all processes. */
async function residentBytes(wire: Wire): Promise<number> {
  const lines = await Promise.all((await wire.pids()).map((pid) => readFile(`/proc/${pid}/statm`, 'utf8')))
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]) * PAGE_BYTES, 0)
}

async function assertFlat(wire: Wire, run: () => Promise<void>): Promise<void> {
  await alive(wire)
  const before = await residentBytes(wire)
  await run()
  const grown = (await residentBytes(wire)) - before
  assert.ok(grown < GROWTH_BYTES, `grew by ${grown} bytes`)
  await alive(wire)
}

const post = ({ path }: Wire) => request(`POST ${path('/x')} HTTP/1.1`, 'Transfer-Encoding: chunked')

const endless = (level: Case['level'], name: string, run: Case['run']): Case => ({
  rule: 92,
  level,
  name,
  alone: true,
  patienceMs: 30_000,
  run,
})

export const cases: readonly Case[] = Object.entries(SECTIONS).flatMap(([what, [begin, piece]]) => [
  endless('must', `keeps nothing of a ${what} without an end from a client`, (wire) =>
    assertFlat(wire, async () => {
      const client = (await wire.connect()).send(post(wire))
      await pour(client.socket, begin, piece, () => client.ended ?? client.unread)
    }),
  ),
  endless('should', `refuses a ${what} without an end`, async (wire) => {
    const client = (await wire.connect()).send(post(wire))
    await pour(client.socket, begin, piece, () => client.ended ?? client.unread)
    const answer = await client.answerOrEnd({ patienceMs: 5000 }).catch(() => undefined)
    if (answer) assert.ok([400, 408, 413, 431].includes(answer.status), `answered ${answer.status}`)
    await client.closed()
  }),
  endless('must', `keeps nothing of a ${what} without an end from an instance`, (wire) =>
    assertFlat(wire, async () => {
      wire.upstream.respond(async (asked) => {
        const { connection } = asked
        if (asked.target !== '/x') return void asked.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        asked.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        await pour(connection.socket, begin, piece, () => connection.ended)
        asked.reset()
      })
      const client = (await wire.connect()).send(request(`GET ${wire.path('/x')} HTTP/1.1`))
      const answer = await client.answerOrEnd({ patienceMs: 25_000 })
      if (answer && answer.status !== 502) assert.equal(answer.ending, 'cut')
    }),
  ),
])
