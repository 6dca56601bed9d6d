import { type Fields, isFields } from './content.ts'
import type { Reading } from './layout.ts'
import { quoted, reasonOf } from './say.ts'

/** Enough to see what is wrong with the rest. */
const MOST_COMPLAINTS = 20

/** What one znode may list: more would hold up everything else while it is read. */
const MOST_PARTS = 10_000

export interface Parts<Part> {
  readonly read: readonly Part[]
  readonly broken?: readonly string[]
}

/**
 * What a list says, part by part: one that cannot be read is told of, and its neighbours stay.
 *
 * @throws Error when there are more than 10,000
 */
export function partsOf<Part>(list: readonly unknown[], what: string, read: (part: unknown) => Part): Parts<Part> {
  if (list.length > MOST_PARTS) throw new Error(`"${what}" has ${list.length} parts; at most ${MOST_PARTS} are read`)
  const parts: Part[] = []
  const broken: string[] = []
  for (const [at, part] of list.entries()) {
    try {
      parts.push(read(part))
    } catch (error) {
      broken.push(`${what}[${at}]: ${reasonOf(error)}`)
    }
  }
  const more = broken.length - MOST_COMPLAINTS
  if (more > 0) broken.splice(MOST_COMPLAINTS, more, `${what}: ${more} more that cannot be read`)
  return broken.length > 0 ? { read: parts, broken } : { read: parts }
}

/** The readings of a list of objects, as one. */
export function each(list: readonly unknown[], what: string, read: (part: Fields) => Reading): Reading {
  const { read: readings, ...rest } = partsOf(list, what, (part) => {
    if (!isFields(part)) throw new Error(`${quoted(part)} is not an object`)
    return read(part)
  })
  return { instances: readings.flatMap(({ instances }) => instances), ...rest }
}
