import type { Limiter, Waiter } from '../admission/index.ts'
import { GatewayError } from '../errors.ts'
import type { Cancellable, Exchange } from './exchange.ts'
import type { Service } from './service.ts'

type Turn = 'admitted' | 'full' | 'late' | 'gone'

/**
 * Waits for a place within the service's limit, which is then held: the caller releases it.
 *
 * @throws GatewayError GW_OVERLOADED when too many wait already, or for too long; or why the exchange has stopped
 */
export async function waitForPlace(exchange: Exchange, service: Service, limiter: Limiter): Promise<void> {
  const turn = await new Promise<Turn>((resolve) => new Place(exchange, limiter, resolve))
  if (turn === 'admitted') return
  if (turn === 'gone') exchange.assertGoing()
  const { count } = service.means
  count('refused', service.name, turn === 'full' ? 'pending' : 'timeout')
  throw new GatewayError('GW_OVERLOADED', detailOf(service, turn))
}

function detailOf({ name, settings: { limits } }: Service, turn: Turn): string {
  const limit = limits.inFlight === null ? 'limits.adaptive' : 'limits.inFlight'
  return turn === 'full'
    ? `service "${name}" is at its limit of requests (${limit}), and as many wait as may (limits.pending)`
    : `service "${name}" is at its limit of requests (${limit}), and none ended in time (limits.pendingTimeout)`
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
    if (this.#leave()) this.#resolve('gone')
  }
}
