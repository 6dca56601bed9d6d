import { execFileSync } from 'node:child_process'
import { constants, openSync } from 'node:fs'

/** A pipe, with a name at `path`; its writer blocks, as one that a shell makes. */
export function openPipe(path: string): { readonly reader: number; readonly writer: number } {
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { reader, writer: openSync(path, constants.O_WRONLY) }
}
