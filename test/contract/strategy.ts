import assert from 'node:assert/strict'
import type { BalancingStrategy, Endpoint, StrategyPlugin } from '../../src/plugin/index.ts'
import { endpoints, pickContext, pluginContext, type ScriptedEndpoint } from './kit.ts'
import type { Law } from './law.ts'

/** Picks in which a strategy that may reach an endpoint is expected to: with 6 endpoints a uniform one misses with p < 1e-75. */
const ENOUGH = 1000
/** Leases held at a time, so that strategies that look at load see some. */
const HELD = 4

/**
 * What every strategy keeps to, for any test runner: `for (const law of strategyContract(plugin)) test(law.name, law.run)`.
 * `options` are as the YAML would say them; they meet the plugin's schema first.
 */
// biome-ignore lint/suspicious/noExplicitAny: the contract does not look into the options
export function strategyContract(plugin: StrategyPlugin<any>, options?: unknown): Law[] {
  const create = async () => plugin.create(await typed(plugin, options), pluginContext({ seed: 7 }))
  const over = (name: string, ...lists: ScriptedEndpoint[][]): Law => ({
    name,
    run: async () => {
      const strategy = await create()
      for (const list of lists) reachesAll(strategy, updated(strategy, list))
    },
  })
  const [a, b, c, d, e, f] = endpoints('a', 'b', 'c', 'd', 'e', 'f') as Six
  return [
    over('works with one endpoint', [a]),
    over('reaches every endpoint', [a, b, c, d, e, f]),
    over('survives a list that grows', [a], [a, b, c], [d, a, e, b, c, f]),
    over('survives a list that shrinks', [a, b, c, d, e, f], [b, d, f], [d]),
    over('survives a list in another order', [a, b, c], [c, a, b], [b, a, c]),
    over('survives an entirely new list', [a, b, c], [d, e, f], [a]),
    {
      name: 'picks before any update',
      run: async () => reachesAll(await create(), Object.freeze([a, b, c])),
    },
    {
      name: 'picks from the list at hand when endpoints are left out',
      run: async () => leavesOut(await create(), [a, b, c, d]),
    },
    {
      name: 'picks from whichever list is given, an old one again included',
      run: async () => changesLists(await create(), [a, b, c, d]),
    },
    {
      name: 'takes what it is told of attempts, also at endpoints that it does not know',
      run: async () => observes(await create(), [a, b, c], [e, f]),
    },
    {
      name: 'keeps a session at an endpoint that it was told of, or at none',
      run: async () => keepsMembers(await create(), [a, b, c]),
    },
    {
      name: 'tells its scores as numbers',
      run: async () => scores(await create(), [a, b, c]),
    },
    {
      name: 'answers at once, not with a promise',
      run: async () => assert.ok(!('then' in (await create()).pick([a, b], pickContext()))),
    },
    { name: 'shares no state between two of its kind', run: async () => keepsToItself(create) },
  ]
}

type Six = [ScriptedEndpoint, ScriptedEndpoint, ScriptedEndpoint, ScriptedEndpoint, ScriptedEndpoint, ScriptedEndpoint]

// biome-ignore lint/suspicious/noExplicitAny: as above
async function typed(plugin: StrategyPlugin<any>, options: unknown): Promise<unknown> {
  if (!plugin.options) return options
  const result = await plugin.options['~standard'].validate(options ?? {})
  assert.ok(!result.issues, `the options do not pass the schema: ${result.issues?.[0]?.message}`)
  return result.value
}

/** Frozen: a strategy that sorts or splices what it is lent fails here. */
function updated(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[]): readonly ScriptedEndpoint[] {
  const frozen = Object.freeze([...list])
  strategy.update?.(frozen)
  return frozen
}

function reachesAll(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[]): void {
  const reached = new Set(picks(strategy, list, ENOUGH))
  assert.deepEqual([...reached].sort(), list.map(id).sort(), `not every endpoint is reached in ${ENOUGH} picks`)
}

/** Every subset, mixed: which endpoints are fit changes from pick to pick, and no update tells of it. */
function leavesOut(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[]): void {
  updated(strategy, list)
  for (let request = 0; request < ENOUGH; request++) {
    const subset = 1 + ((request * 7) % (2 ** list.length - 1))
    const fit = list.filter((_, at) => subset & (1 << at))
    picks(strategy, Object.freeze(fit), 1, request)
  }
}

function changesLists(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[]): void {
  const all = updated(strategy, list)
  const fewer = Object.freeze(all.slice(1))
  for (let request = 0; request < ENOUGH; request++) picks(strategy, request % 3 === 0 ? fewer : all, 1, request)
  reachesAll(strategy, all)
}

function observes(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[], unknown: readonly Endpoint[]): void {
  const told = updated(strategy, list)
  for (const endpoint of [...told, ...unknown])
    for (const latencyMs of [0, 0.25, 10, 60_000])
      for (const failed of [false, true]) {
        strategy.observe?.(endpoint, latencyMs, failed)
        picks(strategy, told, 4, latencyMs)
      }
}

function keepsMembers(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[]): void {
  strategy.keeps?.(pickContext())
  const told = updated(strategy, list)
  for (let request = 0; request < ENOUGH; request++) {
    const kept = strategy.keeps?.(varied(request))
    assert.ok(kept === undefined || told.includes(kept as ScriptedEndpoint), 'it keeps what it was not told of')
    picks(strategy, told, 1, request)
  }
  updated(strategy, [])
  assert.equal(strategy.keeps?.(varied(0)), undefined, 'it keeps what has left')
}

function scores(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[]): void {
  const told = updated(strategy, list)
  const isNumber = (endpoint: Endpoint) => {
    const score = strategy.score?.(endpoint, pickContext()) ?? 0
    assert.ok(typeof score === 'number' && !Number.isNaN(score), `${score} is no score`)
  }
  told.forEach(isNumber)
  for (const endpoint of told) strategy.observe?.(endpoint, 10, false)
  told.forEach(isNumber)
}

async function keepsToItself(create: () => Promise<BalancingStrategy>): Promise<void> {
  const list = endpoints('a', 'b', 'c', 'd')
  const [first, second] = [await create(), await create()]
  // Not a multiple of the four: a turn that is counted for the whole module must not come round to where it began.
  const alone = picks(first, updated(first, list), 41)
  const later = picks(second, updated(second, list), 41)
  assert.deepEqual(later, alone, 'the same seed gives other picks once another strategy has picked')
}

/** Picks as the gateway does: requests differ, load comes and goes. Returns the ids. */
function picks(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[], count: number, from = 0): string[] {
  const held: ScriptedEndpoint[] = []
  const ids: string[] = []
  for (let request = from; request < from + count; request++) {
    const picked = strategy.pick(list, varied(request)) as ScriptedEndpoint
    assert.ok(list.includes(picked), 'the pick is not a member of the list')
    ids.push(id(picked))
    picked.inFlight++
    if (held.push(picked) > HELD) release(held.shift()!)
  }
  held.forEach(release)
  return ids
}

function release(endpoint: ScriptedEndpoint): void {
  endpoint.inFlight--
}

/** No two alike, so that strategies that hash a part of the request see many values. */
function varied(request: number) {
  const clientAddress = `10.0.${(request >> 8) & 255}.${request & 255}`
  return pickContext({ path: `/${request}`, clientAddress, header: (name) => `${name}-${request}` })
}

const id = ({ instance }: Endpoint) => instance.id
