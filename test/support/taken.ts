import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { until } from './until.ts'

/**
 * Waits until the process at the other end of a connection over loopback has read all that was written to it, the end too. Says
 * nothing of what it does with that. From the kernel's table of connections, so on Linux alone.
 */
export async function taken(socket: Socket): Promise<void> {
  const [here, there] = [hex(socket.localPort), hex(socket.remotePort)]
  await until('the other side has read all', async () => {
    if (socket.destroyed) return true
    if (socket.writableLength > 0 || socket.writableEnded !== socket.writableFinished) return false
    const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((row) => row.trim().split(/\s+/))
    const queues = (from: string, to: string) =>
      rows.find(([, local, remote]) => local?.endsWith(from) && remote?.endsWith(to))?.[4]?.split(':')
    const [unsent] = queues(here, there) ?? []
    const [, unread] = queues(there, here) ?? []
    return isNone(unsent) && isNone(unread)
  })
}

const hex = (port: number | undefined) => `:${(port ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** Of a connection that is gone nothing will be read any more. */
const isNone = (bytes = '0') => Number.parseInt(bytes, 16) === 0
