import { EventEmitter, on } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** An editor or a copy writes in several steps: read when the folder has been quiet for so long. */
const QUIET_MS = 100
/** Network and overlay file systems may send no events at all. */
const POLL_MS = 5000

/**
 * The text of a file, now and after each change. Follows the name, not the file: a rename over it, a swapped symlink
 * and a new file after a deletion are changes like any other. Ends when `signal` aborts.
 *
 * @throws Error that names the file when it cannot be read, at first or later
 */
export async function* contents(file: string, signal: AbortSignal): AsyncGenerator<string> {
  if (signal.aborted) return
  const stirs = new EventEmitter()
  const changes = on(stirs, 'quiet', { signal })
  const quiet = setTimeout(() => stirs.emit('quiet'), QUIET_MS)
  const poll = setInterval(() => stirs.emit('quiet'), POLL_MS).unref()
  const watcher = watchFolder(dirname(file), () => quiet.refresh())
  try {
    let last: string | undefined
    do {
      const text = await read(file)
      if (signal.aborted) return
      if (text !== last) yield text
      last = text
    } while (!(await changes.next()).done)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    watcher?.close()
    clearTimeout(quiet)
    clearInterval(poll)
    await changes.return?.()
  }
}

/** The folder, because a watch on the file itself stays with the old file when a new one is renamed over it. */
function watchFolder(folder: string, stirred: () => void): FSWatcher | undefined {
  try {
    return watch(folder, stirred).on('error', () => {})
  } catch {
    return undefined // no folder yet, or no watches left: polling will do
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const [reason] = (error as Error).message.split(',') // without the path, which Node puts last
    throw new Error(`cannot read ${file}: ${reason}`, { cause: error })
  }
}
