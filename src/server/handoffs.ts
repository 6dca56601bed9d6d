import type { Worker } from 'node:cluster'

/** What Node's cluster module says to a worker that is to take a connection; `ack` is what it hears back. */
interface ClusterMessage {
  readonly act?: string
  readonly seq?: number
  readonly ack?: number
}

interface Connection {
  close(): void
}

/**
 * Node's cluster module loses sight of a connection that is on its way to a worker when that worker dies: it is neither
 * closed nor given to another worker, and its client waits for ever. Here it is given to another, or closed when none is
 * left. Its request cannot be served twice, since a worker says that it takes a connection before it reads from it.
 */
export function rescueHandoffs(worker: Worker, anotherServes: () => boolean): void {
  const channel = worker.process
  const underway = new Map<number, Connection>()
  const send = channel.send.bind(channel) as (...args: unknown[]) => boolean
  channel.send = (message: ClusterMessage, ...rest: unknown[]) => {
    if (message.act === 'newconn' && rest[0]) underway.set(message.seq!, rest[0] as Connection)
    return send(message, ...rest)
  }
  channel.on('internalMessage', ({ ack }: ClusterMessage) => {
    if (ack !== undefined) underway.delete(ack)
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
