import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Stands before a server and passes everything on, until it is told to cut. */
export async function openProxy(target) {
  const colon = target.lastIndexOf(':')
  const [host, port] = [target.slice(0, colon), Number(target.slice(colon + 1))]
  const sockets = new Set()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host, port, noDelay: true })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(one)
      one
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `127.0.0.1:${server.address().port}`,
    /** Breaks every connection; new ones are accepted. */
    cut,
    close() {
      cut()
      server.close()
    },
  }
}
