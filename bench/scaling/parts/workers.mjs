import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { nginx } from '../../candidates/nginx.mjs'
import { freePort, get } from '../../http.mjs'
import { allowedCores, family } from '../../proc.mjs'
import { start, stop } from '../../processes.mjs'
import { has } from '../../programs.mjs'
import { median, quantile, range } from '../../statistics.mjs'
import { ECHO, startGateway } from '../gateway.mjs'
import { loaded, small } from '../loaded.mjs'

const ROUNDS = 20
const WARM_UP_MS = 2500
const MEASURED_MS = 300
const MOST = 1.1
/** What disturbs a round can only add to it. */
const LEAST_DISTURBED = 0.25

/** Two workers against one, in turn, on the same cores; and nginx likewise, for what of it is the machine's. */
export async function workers({ dir, say, instance }) {
  const ours = [
    await side(startGateway({ dir, instance, workers: 1 })),
    await side(startGateway({ dir, instance, workers: 2 })),
  ]
  const theirs = has('nginx')
    ? [await side(startNginx(dir, instance, 1)), await side(startNginx(dir, instance, 2))]
    : []
  const sides = [...ours, ...theirs]
  for (let round = 0; round < ROUNDS; round++)
    for (const { gateway, rounds } of round % 2 === 0 ? sides : sides.toReversed())
      rounds.push(await loaded(gateway, small(), MEASURED_MS))
  await Promise.all(sides.map(({ gateway }) => gateway.stop()))
  const { ratio, measured } = compared(ours, say)
  const what = 'CPU per request with two workers, by that with one'
  const row = { what, target: `<= ${MOST}`, measured, met: ratio <= MOST }
  return theirs.length === 0 ? [row] : [row, { what: `${what}: nginx`, measured: compared(theirs, say).measured }]
}

async function side(starting) {
  const gateway = await starting
  await loaded(gateway, small(), WARM_UP_MS)
  return { gateway, rounds: [] }
}

async function startNginx(parent, instance, count) {
  const dir = mkdtempSync(join(parent, 'nginx-'))
  const port = await freePort()
  const asked = nginx.command({ dir, port, upstreams: [instance.port], workers: count })
  const running = start({ ...asked, core: allowedCores().join(), dir })
  await get(port, `${ECHO}/150`, { until: 200, unless: running })
  return { port, processes: family(running.pid), stop: () => stop(running) }
}

function compared(sides, say) {
  const micros = sides.map(({ rounds }) => rounds.map(({ all }) => all))
  say(micros.map((of) => range(of).map((value) => `${value.toFixed(1)} µs`)).join(' and '))
  const [one, two] = micros.map((of) => quantile(of, LEAST_DISTURBED))
  const rates = sides.map(({ rounds }) => median(rounds.map(({ perSecond }) => perSecond)).toFixed(0))
  const ratio = two / one
  const measured = `${ratio.toFixed(2)}: ${two.toFixed(1)} and ${one.toFixed(1)} µs; ${rates[1]} and ${rates[0]} requests/s`
  return { ratio, measured }
}
