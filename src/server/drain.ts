import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerConfig } from '../config/types.ts'
import type { dataPlaneOf } from '../container/data-plane.ts'
import type { Logger } from '../plugin/index.ts'

/**
 * How long a listener that is about to close still answers, each time with `Connection: close`. Without it, a request
 * that a keep-alive client sends into the closing connection is lost.
 */
const GOODBYE_MS = 500

/**
 * Takes no new work and lets the current one end: goodbye, close the door, wait, let go of the instances. What has not
 * ended `timeoutMs` after the door has closed is cut.
 */
export async function drain(
  { listener, upstreams, instanceTls }: ReturnType<typeof dataPlaneOf>,
  { acceptGraceMs, timeoutMs }: ServerConfig['drain'],
  log: Logger,
): Promise<void> {
  if (listener.server.listening) {
    listener.sayGoodbye()
    await sleep(Math.max(acceptGraceMs, GOODBYE_MS))
    const closed = listener.close(timeoutMs)
    const cut = setTimeout(() => {
      log.warn({ timeoutMs }, 'the drain took too long: the connections that are left are cut')
      listener.cut()
    }, timeoutMs)
    await closed
    clearTimeout(cut)
  }
  upstreams.closeAll()
  instanceTls.close()
}
