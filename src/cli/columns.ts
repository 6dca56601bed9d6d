/** Lines of cells, as wide as the widest of their column. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

/** What registries and callers say is anybody's text: none of it moves a terminal's cursor. */
export const printable = (text: string) => text.replaceAll(/\p{Cc}/gu, '?')
