import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { until } from '../../../support/until.ts'
import { ok, request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

/** Until a test gives an honest client up; how long one really waits, `npm run bench:connections` measures. */
const HONEST_MS = 15_000

const many = <T>(count: number, make: (nth: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, nth) => make(nth)))

async function honest(wire: Wire): Promise<void> {
  for (let nth = 0; nth < 10; nth++) {
    const client = await wire.connect()
    client.send(request(`GET ${wire.path('/honest')} HTTP/1.1`))
    assert.equal((await client.answer({ patienceMs: HONEST_MS })).status, 200)
    client.socket.destroy()
  }
}

/** Open files of all processes of the gateway. */
async function descriptors(wire: Wire): Promise<number> {
  const folders = await Promise.all((await wire.pids()).map((pid) => readdir(`/proc/${pid}/fd`)))
  return folders.reduce((sum, { length }) => sum + length, 0)
}

/** So many connections on which half a head has come, for as long as it lasts: in the place of one that is closed comes another. */
async function halfSent({ connect, path }: Wire, count: number): Promise<() => void> {
  const open = new Set<Socket>()
  let over = false
  const begin = async (): Promise<void> => {
    const { socket } = (await connect()).send(`GET ${path('/')} HTTP/1.1\r\nHost: a\r\nX: `)
    open.add(socket)
    socket.once('end', () => socket.destroy())
    socket.once('close', () => {
      open.delete(socket)
      if (!over) begin().catch(() => undefined)
    })
    if (over) socket.destroy()
  }
  await many(count, begin)
  return () => {
    over = true
    for (const socket of open) socket.destroy()
  }
}

/** While it lasts honest clients are served; afterwards all that it took is given back. */
const flood = (name: string, begin: (wire: Wire) => Promise<() => void>): Case => ({
  rule: 94,
  level: 'must',
  name,
  alone: true,
  patienceMs: 90_000,
  async run(wire) {
    wire.upstream.respond((asked) => {
      if (asked.target !== '/held') asked.write(ok('served'))
    })
    await honest(wire)
    const [pids, before] = [await wire.pids(), await descriptors(wire)]
    const end = await begin(wire)
    await honest(wire)
    end()
    // Beside those that are kept for the next request.
    await until('the files are closed', async () => (await descriptors(wire)) <= before + 20, 20_000)
    assert.deepEqual(await wire.pids(), pids)
  },
})

export const cases: readonly Case[] = [
  flood('serves others beside 1000 half-sent heads', (wire) => halfSent(wire, 1000)),
  flood('serves others after 1500 clients that come and reset', async ({ connect, path }) => {
    for (let round = 0; round < 15; round++) {
      for (const client of await many(100, () => connect())) {
        client.send(round % 2 === 0 ? '' : `GET ${path('/')} HTTP/1.1\r\nHost`)
        client.reset()
      }
    }
    return () => undefined
  }),
  flood('serves others beside 100 exchanges that take their time, and lets go of their upstreams', async (wire) => {
    const clients = await many(100, () => wire.connect())
    for (const client of clients) client.send(request(`GET ${wire.path('/held')} HTTP/1.1`))
    const held = () => wire.upstream.requests.filter(({ target }) => target === '/held')
    await until('all are held', () => held().length === clients.length)
    return () => {
      for (const client of clients) client.reset()
    }
  }),
]
