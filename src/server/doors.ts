import type { Worker } from 'node:cluster'
import type { Socket } from 'node:net'
import type { Listener } from '../gateway/index.ts'
import type { ToWorker } from './messages.ts'

/** Descriptors that a worker listens on. Those beyond the first cost one look each when a connection comes, and nothing else. */
const DOORS = 16

/** What listens, as Node's cluster module hands it from process to process. Its types do not know that it can be sent. */
type Handle = Socket & { readonly fd?: number; close(): void }

/**
 * The event loop takes one connection a turn from each descriptor that listens. A turn is long while many connections are busy, and
 * new ones would wait for as many turns as there are others before them. So a worker that accepts for itself listens on several
 * descriptors of its one socket. Only another process can give it more of them: it sends what it has to the first one, which
 * sends that back a few times.
 */
export function askForDoors(listener: Pick<Listener, 'server' | 'open'>): void {
  const { _handle: handle } = listener.server as { _handle?: Handle }
  // Otherwise another process accepts, or the platform has no descriptors.
  if (handle?.fd === undefined || handle.fd < 0) return
  process.on('message', ({ type }: ToWorker, door: Handle) => {
    if (type !== 'door') return
    if (listener.server.listening) listener.open(door)
    else door.close()
  })
  process.send!({ type: 'doors' }, handle)
}

/** @param sent what a worker that asks for doors has sent along */
export function giveDoors(worker: Worker, sent: unknown): void {
  const handle = sent as Handle
  // While it is open here, nobody else can listen there.
  const close = () => handle.close()
  worker.once('exit', close)
  for (let door = 2; door <= DOORS; door++) worker.send({ type: 'door' }, handle, door === DOORS ? close : undefined)
}
