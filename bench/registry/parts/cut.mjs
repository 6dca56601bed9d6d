import { setTimeout as sleep } from 'node:timers/promises'
import { get } from '../../http.mjs'
import { median, range } from '../../statistics.mjs'
import { startCalling } from '../callers.mjs'
import { compare, startGateway } from '../gateway.mjs'
import { now } from '../model.mjs'

const ROUNDS = 3
const TARGET_MS = 2500
/** Services that change while the gateway is cut off: what it must have read again. */
const MARKS = 200
const POLL_MS = 25
const PATIENCE_MS = 30_000

/** The server of the session is killed, which cuts the connection; another one serves. Clients call all the time. */
export async function cut(place) {
  const { root } = await place.populated(2000)
  // Never the leader: that the others must elect a new one first is another matter.
  const servers = place.servers.filter((server) => server !== place.leader)
  const gateway = await startGateway({ place, root, servers })
  const rounds = []
  try {
    const stopCalling = startCalling(gateway.port)
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(1000)
      rounds.push(await oneCut(place, { root, gateway, servers }))
      const { resyncedMs, lagMs } = rounds.at(-1)
      place.say(
        `cut ${round + 1}/${ROUNDS}: resynced after ${resyncedMs.toFixed(0)} ms, lag at most ${lagMs.toFixed(0)} ms`,
      )
    }
    const { wrong } = await compare(gateway, place.writer, root)
    return rows(rounds, await stopCalling(), wrong)
  } finally {
    await gateway.end()
  }
}

async function oneCut({ writer }, { root, gateway, servers }) {
  for (const worker of gateway.workers) await worker.ask('record')
  const { port } = (await gateway.primary.ask('dialled')).at(-1)
  const server = servers.find(({ address }) => address.endsWith(`:${port}`))
  await gateway.primary.ask('watchLag')
  const cutMs = now()
  await server.kill()
  const marks = await writer.ask('touch', { root, services: MARKS })
  const seen = await Promise.all(gateway.workers.map((worker) => allSeen(worker, marks, cutMs)))
  const liveMs = await live(gateway, cutMs)
  const { maxMs: lagMs, ownMaxMs: ownLagMs, waitedMs } = await gateway.primary.ask('lag')
  await server.restart()
  return { resyncedMs: Math.max(...seen, liveMs) - cutMs, lagMs, ownLagMs, waitedMs }
}

/** @returns when the last of the marks came */
async function allSeen(worker, marks, sinceMs) {
  const left = new Set(marks)
  for (let lastMs = sinceMs; ; await sleep(POLL_MS)) {
    for (const [atMs, , after] of await worker.ask('taken'))
      for (const revision of after) if (left.delete(revision)) lastMs = atMs
    if (left.size === 0) return lastMs
    if (now() - sinceMs > PATIENCE_MS) throw new Error(`${left.size} of ${marks.length} changes have not come`)
  }
}

/** @returns when the gateway first says that its registry is live, to the length of a poll */
async function live({ adminPort }, sinceMs) {
  for (; ; await sleep(POLL_MS)) {
    const { text } = await get(adminPort, '/readyz')
    if (JSON.parse(text).registry.state === 'live') return now()
    if (now() - sinceMs > PATIENCE_MS) throw new Error(`the registry is not live again: ${text}`)
  }
}

function rows(rounds, { requests, failures, longestMs, first }, wrong) {
  const all = rounds.map(({ resyncedMs }) => resyncedMs)
  const middle = (key) => median(rounds.map((round) => round[key])).toFixed(0)
  const spread = range(all).map((ms) => ms.toFixed(0))
  const primary = `primary ${middle('waitedMs')} ms without a core, its event loop delayed ${middle('lagMs')} ms at most`
  return [
    {
      what: 'from a cut connection to fully resynced in every worker',
      target: `<= ${TARGET_MS} ms`,
      measured: `${middle('resyncedMs')} ms (${spread.join('-')}), ${wrong} wrong; ${primary} (its own ${middle('ownLagMs')} ms)`,
      met: median(all) <= TARGET_MS && wrong === 0,
      rounds,
    },
    {
      what: 'requests that failed meanwhile',
      target: '0',
      measured: `${failures} of ${requests}${first ? ` (${first})` : ''}; longest ${longestMs.toFixed(0)} ms`,
      met: failures === 0,
    },
  ]
}
