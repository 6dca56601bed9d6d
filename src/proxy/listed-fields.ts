type ByName = Readonly<Record<string, string | undefined>>

/**
 * Request fields each of which came once, found by going through their names: most requests are asked for a few of them, which costs
 * less than a table of all.
 */
export class ListedFields {
  /** Flat `[name, value, ...]`, as they came. */
  readonly raw: readonly string[]
  /** In lower case, in the same order. */
  readonly #names: readonly string[]

  constructor(raw: readonly string[], names: readonly string[]) {
    this.raw = raw
    this.#names = names
  }

  /** @param name in lower case */
  get(name: string): string | undefined {
    const at = this.#names.indexOf(name)
    return at < 0 ? undefined : this.raw[2 * at + 1]
  }

  /** As Node gives them: a table of its own each time. */
  table(): ByName {
    return Object.fromEntries(this.#names.map((name, at) => [name, this.raw[2 * at + 1]]))
  }
}
