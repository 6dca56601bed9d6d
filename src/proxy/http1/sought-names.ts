interface Sought {
  readonly name: string
  readonly bytes: Buffer
}

const CASE_BIT = 32

/** Field names that somebody looks for, recognised where they lie in the input, without a string for each name that comes. */
export class SoughtNames {
  readonly #byLength: Sought[][] = []

  /** @param names in lower case, of letters and dashes */
  constructor(names: readonly string[]) {
    for (const name of names) {
      this.#byLength[name.length] ??= []
      this.#byLength[name.length]!.push({ name, bytes: Buffer.from(name) })
    }
  }

  /** @returns the token between these offsets, in lower case, if it is sought; empty if not */
  find(input: Buffer, start: number, end: number): string {
    const sought = this.#byLength[end - start]
    if (sought === undefined) return ''
    for (const { name, bytes } of sought) if (isSame(input, start, bytes)) return name
    return ''
  }
}

function isSame(input: Buffer, start: number, bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if ((input[start + i]! | CASE_BIT) !== bytes[i]) return false
  return true
}
