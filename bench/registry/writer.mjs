// The providers: a process of its own that registers, changes and takes back instances, and keeps the truth.
import { setTimeout as sleep } from 'node:timers/promises'
import { connected } from './client.mjs'
import { join } from './hub.mjs'
import { addressOf, CALLABLE, dataOf, now, revisionOf, serviceName } from './model.mjs'

const [hub, server] = process.argv.slice(2)
const client = await connected(server)
/** By root: of each service its slots, of each slot the number of the write that it holds. */
const trees = new Map()
let writes = 0

/** Nodes in one transaction: far below the server's limit for one packet. */
const BATCH = 200
const BATCHES_UNDER_WAY = 8
/** A service loses or gains so many instances at most, so that no guard has a reason to doubt a removal. */
const SWAY = 3
/** From one service to the next in a series: a prime, so that it comes by all of them. */
const STRIDE = 617

join(hub, 'writer', {
  /** Registers so many services with so many instances each, unless that has been done. */
  async populate({ root, services, instances, ports }) {
    if (trees.has(root)) return
    const tree = { root, instances, ports, services: Array.from({ length: services }, () => new Map()) }
    await client.create(root, Buffer.alloc(0))
    await createAll(tree.services.map((_, service) => ({ path: servicePath(root, service), data: Buffer.alloc(0) })))
    const nodes = tree.services.flatMap((slots, service) =>
      Array.from({ length: instances }, (_, slot) => {
        const node = nodeOf(tree, service, slot)
        slots.set(slot, writes)
        return node
      }),
    )
    await createAll(nodes)
    trees.set(root, tree)
  },

  /** Writes anew what one instance of each of so many services says, all at once. @returns the revisions */
  async touch({ root, services }) {
    const tree = trees.get(root)
    const chosen = Array.from({ length: services }, (_, at) => Math.floor((at * tree.services.length) / services))
    return Promise.all(chosen.map(async (service) => (await change(tree, service, 'set')).revision))
  },

  /** So many changes, one after the other, with a pause of random length between them. @returns all of them */
  async series({ root, count, pauseMs }) {
    const tree = trees.get(root)
    const changes = []
    for (let at = 0; at < count; at++) {
      // A service that has just changed does not change again: the second change would hide the first.
      changes.push(await change(tree, ...chance(tree, at * STRIDE)))
      await sleep(pauseMs * (0.5 + Math.random()))
    }
    return changes
  },

  /** So many changes a second, whether the ones before have been acknowledged or not. */
  async churn({ root, perSecond, seconds }) {
    const [tree, begunMs] = [trees.get(root), now()]
    const all = []
    const wanted = perSecond * seconds
    while (all.length < wanted) {
      const due = Math.min(wanted, Math.floor(((now() - begunMs) * perSecond) / 1000))
      while (all.length < due) all.push(change(tree, ...chance(tree)))
      await sleep(5)
    }
    const changes = await Promise.all(all)
    const ackMs = changes.map((one) => one.ackMs - one.sentMs).sort((a, b) => a - b)
    return { count: changes.length, begunMs, endedMs: now(), ackP50Ms: ackMs[ackMs.length >> 1] }
  },

  truth({ root }) {
    return trees
      .get(root)
      .services.flatMap((slots, service) => [...slots].map(([slot, write]) => revisionOf(service, slot, write)))
  },
})

/** Some service, not one of those that are called; one third each of new, gone and changed instances. */
function chance({ services, instances }, turn = Math.floor(Math.random() * services.length)) {
  const first = Math.min(CALLABLE, services.length >> 1)
  const service = first + (turn % (services.length - first))
  const { size } = services[service]
  const wish = ['create', 'remove', 'set'][Math.floor(Math.random() * 3)]
  const sway = Math.min(SWAY, instances - 1)
  const full = wish === 'create' && size >= instances + sway
  const empty = wish === 'remove' && size <= instances - sway
  return [service, full || empty ? 'set' : wish]
}

/** Truth changes when the write is sent: one connection, so the server does things in that order. */
async function change(tree, service, kind) {
  const slots = tree.services[service]
  const slot = kind === 'create' ? free(slots) : [...slots.keys()][Math.floor(Math.random() * slots.size)]
  const { path, data, revision } = nodeOf(tree, service, slot)
  if (kind === 'remove') slots.delete(slot)
  else slots.set(slot, writes)
  const sentMs = now()
  if (kind === 'remove') await client.remove(path)
  else await client[kind](path, data)
  return { kind, service, revision, sentMs, ackMs: now() }
}

function free(slots) {
  for (let slot = 0; ; slot++) if (!slots.has(slot)) return slot
}

/** Counts as a write. */
function nodeOf({ root, ports }, service, slot) {
  const address = addressOf(service, slot, ports)
  const revision = revisionOf(service, slot, ++writes)
  const path = `${servicePath(root, service)}/${address.host}:${address.port}`
  return { path, data: dataOf(service, revision, address), revision }
}

function servicePath(root, service) {
  return `${root}/${serviceName(service)}`
}

async function createAll(nodes) {
  let next = 0
  const lane = async () => {
    while (next < nodes.length) {
      const batch = nodes.slice(next, next + BATCH)
      next += BATCH
      await client.createAll(batch)
    }
  }
  await Promise.all(Array.from({ length: BATCHES_UNDER_WAY }, lane))
}
