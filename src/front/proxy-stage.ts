import { within } from '../proxy/index.ts'
import type { Arrival, Stage } from './arrival.ts'
import { readOpening } from './opening.ts'
import { type ProxyHeader, proxyHeaderIn } from './proxy-header.ts'

/**
 * Takes the PROXY header off connections from these networks, which must begin with one: `refuse` is called for those that do
 * not. From others it is not looked for: they are not believed, and for HTTP it is a malformed request.
 */
export function proxyStage(networks: readonly string[], refuse: (arrival: Arrival) => void): Stage {
  const isProxy = within(networks)
  return function takeProxyHeader(arrival, next) {
    if (!isProxy(arrival.address)) {
      next(arrival)
      return
    }
    let found: ProxyHeader | 'more' | 'none' = 'more'
    const judge = (bytes: Buffer): number | undefined => {
      found = proxyHeaderIn(bytes)
      if (found === 'more') return undefined
      return found === 'none' ? 0 : found.length
    }
    readOpening(arrival.socket, judge, () => {
      if (typeof found === 'string') {
        refuse(arrival)
        return
      }
      arrival.address = found.address ?? arrival.address
      next(arrival)
    })
  }
}
