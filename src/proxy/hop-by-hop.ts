/** The names that a `Connection` field lists, in lower case. undefined for the everyday values, which name no field. */
export function nominated(connection: string | undefined): readonly string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}

export function isNominated(names: readonly string[] | undefined, lowerName: string): boolean {
  return names?.includes(lowerName) ?? false
}
