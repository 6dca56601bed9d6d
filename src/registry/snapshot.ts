import { createHash } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Instance, instance, isServiceName, type RegistryView } from '../plugin/index.ts'
import { inTurns, slices } from './slices.ts'

const FORMAT = { format: 'portolan-snapshot', version: 1 } as const

/** Where a snapshot comes from: one of another registry, or of the same one read otherwise, is not taken. */
export interface Origin {
  readonly registry: string
  readonly type: string
  /** Of the options, which may hold secrets. */
  readonly fingerprint: string
}

export interface Snapshot {
  readonly view: RegistryView
  /** Epoch milliseconds. */
  readonly savedAt: number
}

export function originOf(registry: string, type: string, options: unknown): Origin {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(options) ?? '')
    .digest('hex')
    .slice(0, 16)
  return { registry, type, fingerprint }
}

/**
 * The last known good view on disk, a line for each service between a head and an end, so that what was torn is seen. A
 * file is replaced as a whole or not at all.
 */
export class SnapshotFile {
  readonly path: string
  readonly #origin: Origin

  constructor(path: string, origin: Origin) {
    this.path = path
    this.#origin = origin
  }

  /** @throws Error that says why it cannot be written; what was there before is still there */
  async save(services: Iterable<readonly [string, readonly Instance[]]>): Promise<void> {
    const temporary = join(dirname(this.path), `.${basename(this.path)}.${process.pid}.tmp`)
    const file = await open(temporary, 'w')
    try {
      await file.write(`${JSON.stringify({ ...FORMAT, ...this.#origin, savedAt: Date.now() })}\n`)
      let count = 0
      for (const slice of slices(services, ([, instances]) => instances.length)) {
        await file.write(slice.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
        count += slice.length
      }
      await file.write(`${JSON.stringify({ end: count })}\n`)
      await file.sync()
      await file.close()
      await rename(temporary, this.path)
    } catch (error) {
      await file.close().catch(() => undefined)
      await rm(temporary, { force: true }).catch(() => undefined)
      throw error
    }
  }

  /** undefined: there is none. @throws Error that says why the file is no snapshot of this registry */
  async load(): Promise<Snapshot | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return undefined
    const [head = '', ...lines] = text.trimEnd().split('\n')
    const savedAt = this.#savedAt(head)
    const end = parsed(lines.pop() ?? '') as { end?: unknown } | undefined
    if (end?.end !== lines.length) throw new Error('it is torn: its end is missing or does not fit')
    const view = new Map<string, readonly Instance[]>()
    await inTurns(
      slices(lines, (line) => line.length >> 7),
      (slice) => {
        for (const line of slice) view.set(...entry(line))
      },
    )
    return { view, savedAt }
  }

  #savedAt(line: string): number {
    const head = (parsed(line) ?? {}) as Partial<typeof FORMAT & Origin & { savedAt: number }>
    if (head.format !== FORMAT.format) throw new Error('it is no snapshot')
    if (head.version !== FORMAT.version) throw new Error(`its version is ${head.version}, not ${FORMAT.version}`)
    const { registry, type, fingerprint } = this.#origin
    if (head.registry !== registry || head.type !== type)
      throw new Error(`it is of the registry ${head.registry} (${head.type}), not ${registry} (${type})`)
    if (head.fingerprint !== fingerprint) throw new Error('it was made with other options')
    if (typeof head.savedAt !== 'number') throw new Error('it does not say when it was saved')
    return head.savedAt
  }
}

function entry(line: string): [string, readonly Instance[]] {
  const [service, instances] = (parsed(line) ?? []) as [unknown, unknown]
  if (!isServiceName(service) || !Array.isArray(instances)) throw new Error('it has a line that is no service')
  return [service, instances.map(instance)]
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) ?? undefined
  } catch {
    return undefined
  }
}
