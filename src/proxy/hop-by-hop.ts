/** Lower-case field names, asked about names as they were sent. Most of those are told apart by their length alone. */
export class FieldNames {
  readonly #names: ReadonlySet<string>
  readonly #lengths: boolean[] = []

  constructor(names: readonly string[]) {
    this.#names = new Set(names)
    for (const { length } of names) this.#lengths[length] = true
  }

  has(sent: string): boolean {
    return this.#lengths[sent.length] === true && this.#names.has(sent.toLowerCase())
  }
}

/** The names that a `Connection` field lists. undefined for the everyday values, which name no field. */
export function nominated(connection: string | undefined): FieldNames | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  const names = connection.toLowerCase().split(',')
  return new FieldNames(names.map((name) => name.trim()))
}
