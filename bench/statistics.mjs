/** undefined for nothing. */
export function median(numbers) {
  if (numbers.length === 0) return undefined
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Least and greatest; undefined for nothing. */
export function range(numbers) {
  return numbers.length === 0 ? undefined : [Math.min(...numbers), Math.max(...numbers)]
}

/** The smallest of `numbers` that is no less than `share` of them; undefined for nothing. */
export function quantile(numbers, share) {
  return [...numbers].sort((a, b) => a - b)[Math.max(0, Math.ceil(numbers.length * share) - 1)]
}
