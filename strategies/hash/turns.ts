import type { Endpoint } from '../../src/plugin/index.ts'

/**
 * Whose turn it is, `count` times: the heaviest has one in each round, who has a third of its weight one in
 * three. Each endpoint stands in the round of its next turn, so that rounds cost nothing for those who have none.
 */
export function* turnsOf(endpoints: readonly Endpoint[], count: number): Generator<number, never> {
  const heaviest = endpoints.reduce((most, { instance }) => Math.max(most, instance.weight), 0)
  const had = new Int32Array(endpoints.length)
  const first = new Int32Array(count + 1).fill(-1)
  const last = new Int32Array(count + 1)
  const following = new Int32Array(endpoints.length)

  function enter(owner: number, earliest: number): void {
    const round = Math.max(earliest, Math.ceil(((had[owner]! + 1) * heaviest) / endpoints[owner]!.instance.weight))
    if (round > count) return
    if (first[round] === -1) first[round] = owner
    else following[last[round]!] = owner
    last[round] = owner
    following[owner] = -1
  }

  for (let owner = 0; owner < endpoints.length; owner++) enter(owner, 1)
  for (let round = 1; ; round++) {
    for (let owner = first[round]!, then: number; owner !== -1; owner = then) {
      then = following[owner]!
      yield owner
      had[owner]!++
      enter(owner, round + 1)
    }
  }
}
