import { ownCopy } from '../own-copy.ts'
import { isToken } from '../tokens.ts'

const MOST_KNOWN = 1024
const MOST_KNOWN_LENGTH = 64

/** Lower-case field names, asked about names as they were sent. Most of those are told apart by their length alone. */
export class FieldNames {
  readonly #names: ReadonlySet<string>
  readonly #lengths: boolean[] = []
  /** What was said of names of such a length. Bounded, as names come from peers. */
  readonly #known = new Map<string, boolean>()

  constructor(names: Iterable<string>) {
    this.#names = new Set(names)
    for (const { length } of names) this.#lengths[length] = true
  }

  has(sent: string): boolean {
    return this.#lengths[sent.length] === true && (this.#known.get(sent) ?? this.#learn(sent))
  }

  #learn(sent: string): boolean {
    const has = this.#names.has(sent.toLowerCase())
    if (this.#known.size < MOST_KNOWN && sent.length <= MOST_KNOWN_LENGTH && isToken(sent))
      this.#known.set(ownCopy(sent), has)
    return has
  }
}

/**
 * The names in every spelling with underscores for dashes. CGI, and what came after it, reads `X_Forwarded_For` and
 * `X-Forwarded-For` as one field, so that who takes one away must take away the other.
 */
export function withTwins(names: Iterable<string>): Set<string> {
  const spelled = new Set(names)
  // A name that is added is seen in its turn.
  for (const name of spelled) {
    for (let at = name.indexOf('-'); at >= 0; at = name.indexOf('-', at + 1)) {
      spelled.add(`${name.slice(0, at)}_${name.slice(at + 1)}`)
    }
  }
  return spelled
}

/** The names that a `Connection` field lists. undefined for the everyday values, which name no field. */
export function nominated(connection: string | undefined): FieldNames | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'Keep-Alive' || connection === 'close')
    return undefined
  const names = connection.toLowerCase().split(',')
  return new FieldNames(names.map((name) => name.trim()))
}
