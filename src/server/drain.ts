import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerConfig } from '../config/types.ts'
import type { Listener } from '../gateway/index.ts'

/**
 * How long a listener that is about to close still answers, each time with `Connection: close`. Without it, a request
 * that a keep-alive client sends into the closing connection is lost: 7 to 10 of 70,000 in a restart under load.
 */
const GOODBYE_MS = 500

/**
 * Takes no new work and lets the current one end: goodbye, close the door, wait.
 *
 * @returns false when connections had to be cut after `timeoutMs`
 */
export async function drain(listener: Listener, { acceptGraceMs, timeoutMs }: ServerConfig['drain']): Promise<boolean> {
  const { server } = listener
  listener.sayGoodbye()
  await sleep(Math.max(acceptGraceMs, GOODBYE_MS))
  if (!server.listening) return true
  const closed = once(server, 'close')
  server.close()
  let inTime = true
  const cut = setTimeout(() => {
    inTime = false
    server.closeAllConnections()
  }, timeoutMs)
  await closed
  clearTimeout(cut)
  return inTime
}
