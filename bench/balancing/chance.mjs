/** Seeded chance, uniform in [0, 1): mulberry32, 32 bits of state. Enough for some million draws. */
export function chance(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Exponential with mean 1. */
export const exponential = (uniform) => -Math.log(1 - uniform())

/** Draws ranks from 0: rank k as often as 1 / (k + 1) ** exponent. With exponent 0 all are alike. */
export function zipf(count, exponent, uniform) {
  const upTo = new Float64Array(count)
  let total = 0
  for (let rank = 0; rank < count; rank++) upTo[rank] = total += (rank + 1) ** -exponent
  return () => {
    const wanted = uniform() * total
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (upTo[middle] <= wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}
