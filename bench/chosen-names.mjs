/**
 * The names of a comma-separated option; undefined when it was not given.
 *
 * @throws a one-line error for one that is not `known`
 */
export function chosenNames(kind, list, known) {
  const wanted = list?.split(',').map((name) => name.trim())
  const unknown = wanted?.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`unknown ${kind} "${unknown}"; known: ${known.join(', ')}`)
  return wanted
}
