import type { Worker } from 'node:cluster'

/** What Node's cluster module says to a worker that is to take a connection; `ack` is what it hears back. */
interface ClusterMessage {
  readonly act?: string
  readonly seq?: number
  readonly ack?: number
  readonly accepted?: boolean
}

interface Connection {
  close(): void
}

/** For so long another worker may still take what one has refused. */
const REFUSED_MS = 500

/**
 * Node's cluster module loses sight of a connection that is on its way to a worker when that worker dies: it is neither
 * closed nor given to another worker, and its client waits for ever. Here it is given to another, or closed when none is
 * left. Its request cannot be served twice, since a worker says that it takes a connection before it reads from it.
 *
 * In the same way Node keeps a connection that a worker refuses, because its door has closed meanwhile, for the next worker,
 * and for ever when all doors are closed.
 */
export function rescueHandoffs(worker: Worker, anotherServes: () => boolean): void {
  const channel = worker.process
  const underway = new Map<number, Connection>()
  const send = channel.send.bind(channel) as (...args: unknown[]) => boolean
  channel.send = (message: ClusterMessage, ...rest: unknown[]) => {
    if (message.act === 'newconn' && rest[0]) underway.set(message.seq!, rest[0] as Connection)
    return send(message, ...rest)
  }
  channel.on('internalMessage', ({ ack, accepted }: ClusterMessage) => {
    if (ack === undefined) return
    const connection = underway.get(ack)
    underway.delete(ack)
    // What another has taken by then is no longer open here.
    if (connection && !accepted && !anotherServes()) setTimeout(() => connection.close(), REFUSED_MS)
  })
  const rescue = (): void => {
    // What the worker said before it died has still to be read: what it took, it took.
    if (channel.connected) return void setImmediate(rescue)
    // Node holds this back while a connection is underway, and so goes on to give connections to the dead.
    channel.emit('disconnect')
    for (const [ack, connection] of underway) {
      if (anotherServes()) channel.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false })
      else connection.close()
    }
  }
  channel.once('exit', rescue)
}
