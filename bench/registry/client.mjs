import { once } from 'node:events'
import { createClient } from 'node-zookeeper-client'

const SESSION_MS = 30_000

/** What a provider does, as promises; many may be under way at once. */
export async function connected(server) {
  const client = createClient(server, { sessionTimeout: SESSION_MS })
  const connection = once(client, 'connected', { signal: AbortSignal.timeout(10_000) })
  client.connect()
  await connection
  return {
    create: (path, data) => promised((done) => client.create(path, data, done)),
    set: (path, data) => promised((done) => client.setData(path, data, done)),
    remove: (path) => promised((done) => client.remove(path, done)),
    /** All of them or none: one round for the ensemble. */
    createAll(nodes) {
      const transaction = client.transaction()
      for (const { path, data } of nodes) transaction.create(path, data)
      return promised((done) => transaction.commit(done))
    },
  }
}

function promised(call) {
  return new Promise((resolve, reject) => call((error, result) => (error ? reject(error) : resolve(result))))
}
