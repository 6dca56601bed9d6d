import { median, quantile, range } from '../../statistics.mjs'
import { startGateway } from '../gateway.mjs'
import { loaded, small } from '../loaded.mjs'

const ROUNDS = 20
const WARM_UP_MS = 2500
const MEASURED_MS = 300
const MOST = 1.1
/** What disturbs a round can only add to it. */
const LEAST_DISTURBED = 0.25

/** Two workers against one, in turn, on the same cores. */
export async function workers({ dir, say, instance }) {
  const sides = []
  for (const count of [1, 2]) {
    const gateway = await startGateway({ dir, instance, workers: count })
    await loaded(gateway, small(), WARM_UP_MS)
    sides.push({ gateway, rounds: [] })
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const { gateway, rounds } of round % 2 === 0 ? sides : sides.toReversed())
      rounds.push(await loaded(gateway, small(), MEASURED_MS))
  await Promise.all(sides.map(({ gateway }) => gateway.stop()))
  const micros = sides.map(({ rounds }) => rounds.map(({ all }) => all))
  say(micros.map((of) => range(of).map((value) => `${value.toFixed(1)} µs`)).join(' and '))
  const [one, two] = micros.map((of) => quantile(of, LEAST_DISTURBED))
  const rates = sides.map(({ rounds }) => median(rounds.map(({ perSecond }) => perSecond)).toFixed(0))
  return [
    {
      what: 'CPU per request with two workers, by that with one',
      target: `<= ${MOST}`,
      measured: `${(two / one).toFixed(2)}: ${two.toFixed(1)} and ${one.toFixed(1)} µs; ${rates[1]} and ${rates[0]} requests/s`,
      met: two / one <= MOST,
    },
  ]
}
