import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { CALLABLE, serviceName } from './model.mjs'

/** Enough to notice, and little beside what is measured. */
const CALLERS = 4
const PAUSE_MS = 25

/** What the callable instances are: they answer. @returns a port for each slot */
export async function startInstances(count) {
  const servers = Array.from({ length: count }, () => http.createServer((_, response) => response.end('well\n')))
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    ports: servers.map((server) => server.address().port),
    close() {
      for (const server of servers) server.close().closeAllConnections()
    },
  }
}

/** Calls the callable services through the gateway until it is stopped, and counts. */
export function startCalling(port) {
  const agent = new http.Agent({ keepAlive: true })
  const tally = { requests: 0, failures: 0, longestMs: 0, first: undefined }
  let calling = true
  const call = async (caller) => {
    for (let turn = caller; calling; turn++) {
      const begunMs = performance.now()
      const trouble = await status(agent, port, turn % CALLABLE).then(
        (code) => (code === 200 ? undefined : `status ${code}`),
        (error) => error.message,
      )
      tally.requests++
      tally.longestMs = Math.max(tally.longestMs, performance.now() - begunMs)
      if (trouble !== undefined) tally.failures++
      tally.first ??= trouble
      await sleep(PAUSE_MS)
    }
  }
  const ended = Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)))
  return async () => {
    calling = false
    await ended
    agent.destroy()
    return tally
  }
}

function status(agent, port, service) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, agent, path: `/services/${serviceName(service)}/`, timeout: 5000 }
    const request = http.get(options, (response) => response.resume().on('end', () => resolve(response.statusCode)))
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer in 5 s')))
  })
}
