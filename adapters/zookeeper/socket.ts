import { readFile } from 'node:fs/promises'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { resolve } from 'node:path'
import { type ConnectionOptions, connect as connectSecure } from 'node:tls'
import type { Server } from './hosts.ts'

export interface TlsFiles {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly serverName?: string | undefined
}

/**
 * What the files of the `tls` option hold at this moment: certificates may be renewed between two connections.
 *
 * @throws Error that names the option and the file
 */
export async function secured(tls: TlsFiles, directory: string): Promise<ConnectionOptions> {
  const read = async (option: 'ca' | 'cert' | 'key') => {
    const file = tls[option]
    if (file === undefined) return {}
    const path = resolve(directory, file)
    const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`tls.${option}: cannot read ${path}: ${error.code}`, { cause: error })
    })
    return { [option]: content }
  }
  const parts = await Promise.all([read('ca'), read('cert'), read('key')])
  return Object.assign({}, ...parts, tls.serverName !== undefined && { servername: tls.serverName })
}

/** A socket that connects, and the event that tells that it has. @throws Error when the certificates are none */
export function dial(server: Server, tls: ConnectionOptions | undefined): { socket: Socket; connected: string } {
  if (!tls) return { socket: connectPlain({ ...server, noDelay: true }), connected: 'connect' }
  // Server Name Indication knows no addresses (RFC 6066, 3).
  const name = isIP(server.host) ? {} : { servername: server.host }
  const socket = connectSecure({ ...server, ...name, ...tls })
  return { socket: socket.setNoDelay(true), connected: 'secureConnect' }
}
