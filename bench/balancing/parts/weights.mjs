import { chance } from '../chance.mjs'
import { contenders } from '../contenders.mjs'
import { poolOf } from '../gateway.mjs'
import { callersOf, instancesOf } from '../service.mjs'

const INSTANCES = 5
const PICKS = 2_000_000
const RUNNING = 100
const EXACT = ['random', 'weighted']
const MOST_OFF = 0.01

/** Weights 1 to 5, all equally fast: how far the share of an instance is from its weight's, in parts of it. */
export async function weights({ say, seed }) {
  // Of those that look at zones it is the strategy within that heeds weights.
  const rows = contenders
    .filter(({ fromWorkers }) => fromWorkers === 1)
    .map((strategy) => {
      const shares = sharesOf(strategy, chance(seed))
      const off = shares.map((share, at) => share / (at + 1) - 1)
      say(`${strategy.type}: ${percent(Math.max(...off.map(Math.abs)))} off at most`)
      return { type: strategy.type, lightest: off[0], heaviest: off.at(-1), most: Math.max(...off.map(Math.abs)) }
    })
  return { targets: rows.filter(({ type }) => EXACT.includes(type)).map(target), tables: [table(rows)] }
}

/** As multiples of what weight 1 should have. The oldest of the running requests ends before each next one. */
function sharesOf({ type, options }, random) {
  const instances = instancesOf(INSTANCES, (at) => at + 1)
  let turn = 0
  const pool = poolOf({ type, options: options(0) }, instances, { now: () => turn, random })
  const callers = callersOf(20_000)
  const running = new Array(RUNNING)
  for (; turn < PICKS; turn++) {
    const place = turn % RUNNING
    const oldest = running[place]
    if (oldest) pool.observe(oldest.endpoint, 10, false)
    oldest?.end()
    running[place] = pool.lease(callers[Math.floor(random() * callers.length)], [])
  }
  const total = instances.reduce((sum, { weight }) => sum + weight, 0)
  return [...pool.endpoints].map(({ picks }) => (picks * total) / PICKS)
}

function target({ type, most }) {
  return {
    what: `shares of weights 1 to ${INSTANCES} with ${type}`,
    target: `within ${MOST_OFF * 100} %`,
    measured: percent(most),
    met: most <= MOST_OFF,
  }
}

function table(rows) {
  return {
    title: 'Weights',
    about: `How far shares of ${PICKS / 1e6} million picks are from weights 1 to ${INSTANCES}, with ${RUNNING} requests running.`,
    head: ['strategy', 'the lightest', 'the heaviest', 'at most'],
    lines: rows.map(({ type, ...off }) => [type, ...['lightest', 'heaviest', 'most'].map((key) => percent(off[key]))]),
  }
}

/** Without a minus before nothing. */
const percent = (part) => `${(Math.round(part * 1e4) / 100 || 0).toFixed(2)} %`
