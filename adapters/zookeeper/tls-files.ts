import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ConnectionOptions } from 'node:tls'

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
