import type { Limiter, Waiter } from '../admission/index.ts'
import { GatewayError } from '../errors.ts'
import type { Cancellable, Exchange } from './exchange.ts'
import type { Service } from './service.ts'

/** What a wait comes to; `stopped`: the exchange itself was stopped meanwhile. */
type Turn = 'admitted' | 'full' | 'late' | 'stopped'

/**
 * Waits for a place within the service's limit, which is then held: the caller releases it.
 *
 * @throws GatewayError GW_OVERLOADED when too many wait already, or for too long; GW_CLIENT_CLOSED
 */
export async function waitForPlace(exchange: Exchange, service: Service, limiter: Limiter): Promise<void> {
  exchange.assertGoing()
  const turn = await new Promise<Turn>((resolve) => new Place(exchange, limiter, resolve))
  if (turn === 'admitted') return
  // When all of its time went by here, no instance is to be blamed.
  if (exchange.stopped !== 'deadline') exchange.assertGoing()
  const { count } = service.means
  count('refused', service.name, turn === 'full' ? 'pending' : 'timeout')
  throw new GatewayError('GW_OVERLOADED', detailOf(service, turn))
}

const WHY: Readonly<Record<Exclude<Turn, 'admitted'>, string>> = {
  full: 'as many wait as may (limits.pending)',
  late: 'none ended in time (limits.pendingTimeout)',
  stopped: 'none ended in time (retry.timeout)',
}

function detailOf({ name, settings: { limits } }: Service, turn: Exclude<Turn, 'admitted'>): string {
  const limit = limits.inFlight === null ? 'limits.adaptive' : 'limits.inFlight'
  return `service "${name}" is at its limit of requests (${limit}), and ${WHY[turn]}`
}

/** One in the queue. */
class Place implements Waiter, Cancellable {
  readonly #resolve: (turn: Turn) => void
  readonly #leave: () => boolean

  constructor(exchange: Exchange, limiter: Limiter, resolve: (turn: Turn) => void) {
    this.#resolve = resolve
    exchange.running = this
    const ticket = limiter.wait(this)
    this.#leave = () => ticket.cancel()
  }

  admitted(): void {
    this.#resolve('admitted')
  }

  refused(reason: 'full' | 'late'): void {
    this.#resolve(reason)
  }

  cancel(): void {
    if (this.#leave()) this.#resolve('stopped')
  }
}
