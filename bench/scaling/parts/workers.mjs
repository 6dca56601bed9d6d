import { median, range } from '../../statistics.mjs'
import { startGateway } from '../gateway.mjs'
import { loaded, small } from '../loaded.mjs'

const ROUNDS = 5
const WARM_UP_MS = 2000
const MEASURED_MS = 1500
const MOST = 1.1

/** Two workers against one, in turn, on the same cores. */
export async function workers({ dir, say, instance }) {
  const one = await startGateway({ dir, instance, workers: 1 })
  const two = await startGateway({ dir, instance, workers: 2 })
  for (const gateway of [one, two]) await loaded(gateway, small(), WARM_UP_MS)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push([await loaded(one, small(), MEASURED_MS), await loaded(two, small(), MEASURED_MS)])
    say(
      `round ${round + 1}: ${rounds
        .at(-1)
        .map(({ all }) => `${all.toFixed(1)} µs`)
        .join(' and ')}`,
    )
  }
  await Promise.all([one.stop(), two.stop()])
  const ratios = rounds.map(([single, double]) => double.all / single.all)
  const ratio = median(ratios)
  const [least, most] = range(ratios).map((value) => value.toFixed(2))
  const [cpu1, cpu2] = [0, 1].map((at) => median(rounds.map((round) => round[at].all)).toFixed(1))
  const [rate1, rate2] = [0, 1].map((at) => median(rounds.map((round) => round[at].perSecond)).toFixed(0))
  return [
    {
      what: 'CPU per request with two workers, by that with one',
      target: `<= ${MOST}`,
      measured: `${ratio.toFixed(2)} (${least}-${most}): ${cpu2} and ${cpu1} µs; ${rate2} and ${rate1} requests/s`,
      met: ratio <= MOST,
    },
  ]
}
