import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../statistics.mjs'
import { startGateway } from '../gateway.mjs'
import { loaded, small } from '../loaded.mjs'

const RATES = [0, 100, 1000]
const ROUNDS = 4
const WARM_UP_MS = 2000
const MEASURED_MS = 1500
const SETTLE_MS = 300
const plugin = new URL('../churn-plugin.mjs', import.meta.url)

/** What requests notice of changes of other services. */
export async function churn({ dir: parent, say, instance }) {
  const dir = mkdtempSync(join(parent, 'churn-'))
  writeFileSync(join(dir, 'plugin.mjs'), `export { churn as default } from ${JSON.stringify(plugin.href)}\n`)
  const gateway = await startGateway({
    dir,
    instance,
    files: { rate: '0', instance: String(instance.port) },
    registry: '{ type: churn, snapshot: null }',
    rest: `plugins: [${join(dir, 'plugin.mjs')}]`,
  })
  const rounds = RATES.map(() => [])
  await loaded(gateway, small(), WARM_UP_MS)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, rate] of RATES.entries()) {
      writeFileSync(join(gateway.dir, 'rate'), String(rate))
      await sleep(SETTLE_MS)
      rounds[at].push(await loaded(gateway, small(), MEASURED_MS))
    }
    say(`round ${round + 1}: ${rounds.map((of) => `${of.at(-1).workers[0].toFixed(1)} µs`).join(', ')}`)
  }
  await gateway.stop()
  return RATES.map((rate, at) => rowOf(rate, rounds[at]))
}

function rowOf(rate, rounds) {
  const middle = (of) => median(rounds.map(of)).toFixed(1)
  const firstShare = median(rounds.map(({ first, perSecond }) => (first * perSecond) / 1e6)) * 100
  return {
    what: `requests beside ${rate} changes a second`,
    measured: `${middle(({ workers }) => workers[0])} µs CPU of the worker a request; p50 ${middle(({ p50Ms }) => p50Ms)} ms, p99 ${middle(({ p99Ms }) => p99Ms)} ms; the first process: ${firstShare.toFixed(0)} % of a core`,
  }
}
