import { readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'

/** What files hold, or why they cannot be read, by path. */
export type Contents = ReadonlyMap<string, Buffer | string>

export function readFilesNow(paths: Iterable<string>): Contents {
  const contents = new Map<string, Buffer | string>()
  for (const path of paths)
    try {
      contents.set(path, readFileSync(path))
    } catch (error) {
      contents.set(path, reasonOf(error as NodeJS.ErrnoException))
    }
  return contents
}

export async function readFiles(paths: Iterable<string>): Promise<Contents> {
  const read = async (path: string) => [path, await readFile(path).catch(reasonOf)] as const
  return new Map(await Promise.all(Array.from(paths, read)))
}

/** Long enough to cost nothing, short enough for whoever waits for a new certificate. */
const LOOK_MS = 1000

/**
 * Looks after files by path, once a second: so it sees those that are written in place, renamed, or reached by a link that
 * leads elsewhere from now on. Tells `changed` what all of them hold when that is something else.
 *
 * @param known what they held before
 * @returns what ends it. Does not keep the process alive.
 */
export function watchFiles(known: Contents, changed: (contents: Contents) => void): () => void {
  const paths = [...known.keys()]
  let held = known
  let seen = ''
  // What is written within one tick of the file system's clock cannot be told from its state: so a changed file is read twice.
  let again = false
  let looking = false
  const look = async (): Promise<void> => {
    const states = (await Promise.all(paths.map(stateOf))).join()
    if (states === seen && !again) return
    again = states !== seen
    seen = states
    const contents = await readFiles(paths)
    if (same(contents, held)) return
    held = contents
    changed(contents)
  }
  if (paths.length === 0) return () => undefined
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    void look().finally(() => {
      looking = false
    })
  }, LOOK_MS).unref()
  return () => clearInterval(timer)
}

async function stateOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path)
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
  } catch {
    return ''
  }
}

const same = (a: Contents, b: Contents) =>
  [...a].every(([path, bytes]) => Buffer.from(bytes).equals(Buffer.from(b.get(path)!)))

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'is a folder, not a file',
}

/** Why a file cannot be read, in plain words. */
export function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? message
}
