import type { FieldNames } from './headers/hop-by-hop.ts'

/** By lower-case name; repeated fields joined (`set-cookie` apart), as Node does it. */
export type FieldValues = Readonly<Record<string, string | string[] | undefined>>

/** The header section of a request, seen in each of the ways that somebody looks at it. */
export interface RequestFields {
  /** Flat `[name, value, ...]`, as they came. */
  readonly raw: readonly string[]
  readonly table: FieldValues
  /** @param name in lower case */
  get(name: string): string | undefined
  /**
   * All fields but these as lines of HTTP/1.1, `\r\nname: value` each, known to be good.
   *
   * @param more names in lower case
   * @returns undefined: lines are to be made of `raw`
   */
  linesWithout(dropped: FieldNames, more: readonly string[]): string | undefined
}

/** A header section of which all is known already. */
export class GivenFields implements RequestFields {
  readonly raw: readonly string[]
  readonly table: FieldValues

  constructor(raw: readonly string[], table: FieldValues) {
    this.raw = raw
    this.table = table
  }

  get(name: string): string | undefined {
    const value = this.table[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  linesWithout(): undefined {}
}

/** A field name as it was sent, and in lower case. */
export interface FieldName {
  readonly sent: string
  readonly lower: string
}

/**
 * A header section that is kept as the text it came as, each name in it once. Most of it is of interest to the instance alone: no
 * value becomes a string of its own before somebody asks for it.
 */
export class TextFields implements RequestFields {
  readonly #text: string
  readonly #names: readonly FieldName[]
  readonly #places: readonly number[]
  readonly #asLines: boolean
  readonly #host: string
  #raw: readonly string[] | undefined
  #table: FieldValues | undefined

  /**
   * @param text in which each field is a line of its own, with a line end before and behind it
   * @param places of each field, in the order of `names`: where its name begins, its value begins, and its value ends
   * @param asLines each line is `name: value` to the letter, and the value holds nothing that it must not
   * @param host the value of that field, if possible the same string for each request
   */
  constructor(text: string, names: readonly FieldName[], places: readonly number[], asLines: boolean, host: string) {
    this.#text = text
    this.#names = names
    this.#places = places
    this.#asLines = asLines
    this.#host = host
  }

  get raw(): readonly string[] {
    this.#raw ??= this.#names.flatMap(({ sent }, i) => [sent, this.#value(i)])
    return this.#raw
  }

  get table(): FieldValues {
    this.#table ??= Object.fromEntries(this.#names.map(({ lower }, i) => [lower, this.#value(i)]))
    return this.#table
  }

  get(name: string): string | undefined {
    if (name === 'host') return this.#host
    const names = this.#names
    for (let i = 0; i < names.length; i++) if (names[i]!.lower === name) return this.#value(i)
    return undefined
  }

  linesWithout(dropped: FieldNames, more: readonly string[]): string | undefined {
    if (!this.#asLines) return undefined
    const [text, names, places] = [this.#text, this.#names, this.#places]
    let lines = ''
    let first = -1 // where the lines begin that are kept and not taken yet
    let end = 0
    for (let i = 0; i < names.length; i++) {
      const { sent, lower } = names[i]!
      const isKept = !dropped.has(sent) && (more.length === 0 || !more.includes(lower))
      if (isKept && first < 0) first = places[3 * i]! - 2
      if (!isKept && first >= 0) {
        lines += text.slice(first, end)
        first = -1
      }
      end = places[3 * i + 2]!
    }
    return first < 0 ? lines : lines + text.slice(first, end)
  }

  #value(i: number): string {
    return this.#text.slice(this.#places[3 * i + 1], this.#places[3 * i + 2])
  }
}
