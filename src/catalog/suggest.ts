/** The one of `known` that `written` most likely meant; undefined when none is near. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const reach = Math.max(1, Math.floor(written.length / 3))
  const ranked = known
    .map((name) => ({ name, edits: edits(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= reach)
    .sort((a, b) => a.edits - b.edits)
  return ranked[0]?.name
}

/** `unknown <what> "<written>"`, followed by what was likely meant and by all that is known. */
export function unknown(what: string, written: string, known: readonly string[]): string {
  const meant = nearest(written, known)
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  const list = known.length === 0 ? 'none is known' : `known: ${known.join(', ')}`
  return `unknown ${what} ${JSON.stringify(written)}${hint || ';'} ${list}`
}

/** Levenshtein distance in which two swapped neighbours count as one edit (optimal string alignment). */
function edits(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let i = 1; i <= a.length; i++) {
    const [row, above, higher] = [[i], rows[i - 1]!, rows[i - 2]]
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = higher && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(change, above[j]! + 1, row[j - 1]! + 1, swapped ? higher[j - 2]! + 1 : Number.POSITIVE_INFINITY)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
