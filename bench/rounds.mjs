import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { certificate } from './certificate.mjs'
import { measure } from './measure.mjs'
import { allowedCores } from './proc.mjs'
import { stop } from './processes.mjs'
import { startUpstream, startWebSocketUpstream } from './upstream.mjs'
import { workFolder } from './work-folder.mjs'

/**
 * Round after round, all cases in each, and in each of them all candidates, so that a slow minute of the machine strikes all of them.
 *
 * @param {(import('./cases/index.mjs').Case & { chosen: import('./candidates/index.mjs').Candidate[] })[]} cases
 * @param options `rounds`, `seconds`, `warmup`
 * @returns the cases, each with `runs`: `{ candidate, rounds, trouble, failed, skipped }`, where a round that failed is undefined
 */
export async function allRounds(cases, { generators, options, say }) {
  const work = workFolder()
  const upstreams = {}
  const means = { work, cores: chooseCores(), generators, upstreams, tls: undefined, ...options }
  const runsOf = new Map(cases.map((what) => [what, runsOfCase(what, generators, say)]))
  try {
    await startUpstreams(cases, means)
    for (let at = 0; at < options.rounds; at++) {
      const round = newRound(at, means)
      for (const what of cases) await oneCase(what, runsOf.get(what), round, say)
    }
  } finally {
    for (const upstream of Object.values(upstreams)) await stop(upstream)
  }
  return cases.map((what) => ({ ...what, runs: runsOf.get(what) }))
}

function runsOfCase(what, generators, say) {
  const lacking = what.missing?.() ?? generators[what.generator ?? 'closed'].missing()
  return what.chosen.map((candidate) => {
    const skipped = lacking ?? candidate.missing()
    if (skipped) say(`${what.name}: ${candidate.name}: skipped: ${skipped}`)
    return { candidate, rounds: [], ...(skipped && { skipped, trouble: `skipped: ${skipped}` }) }
  })
}

async function startUpstreams(cases, { work, cores, upstreams }) {
  for (const [kind, startOne] of Object.entries({ http: startUpstream, webSocket: startWebSocketUpstream })) {
    if (kind !== 'http' && !cases.some(({ upstream }) => upstream === kind)) continue
    const dir = join(work, kind)
    mkdirSync(dir)
    upstreams[kind] = await startOne({ core: cores.load, dir })
  }
}

/** Measures, and knows what it has measured. */
function newRound(at, means) {
  const results = new Map()
  const tls = () => (means.tls ??= certificate(means.work))
  async function measured(candidate, what) {
    const rate = await what.rate?.(round)
    const { ports } = means.upstreams[what.upstream ?? 'http']
    return measure(candidate, what, { ...means, upstreams: ports, tls: what.tls && tls(), rate })
  }
  const round = {
    at,
    label: `round ${at + 1}/${means.rounds}`,
    async result(candidate, what) {
      const key = `${what.name} ${candidate.name}`
      if (!results.has(key)) results.set(key, await measured(candidate, what))
      return results.get(key)
    },
  }
  return round
}

/** Another one begins each round: nobody always runs after the same neighbour. */
async function oneCase(what, runs, round, say) {
  const able = runs.filter(({ skipped }) => !skipped)
  const shift = round.at % Math.max(1, able.length)
  for (const run of [...able.slice(shift), ...able.slice(0, shift)]) await oneRun(run, what, round, say)
}

async function oneRun(run, what, round, say) {
  const label = `${round.label} ${what.name}: ${run.candidate.name}`
  const { per = 'request' } = what
  try {
    const result = await round.result(run.candidate, what)
    run.rounds[round.at] = result
    say(`${label}: ${result.cpuMicros.toFixed(1)} µs CPU/${per}, ${result.perSecond.toFixed(0)} of them a second`)
  } catch (error) {
    run.rounds[round.at] = undefined
    run.failed = true
    run.trouble = `failed in round ${round.at + 1}: ${error.message.replace(/\s+/g, ' ')}`
    say(`${label}: failed: ${error.message}`)
  }
}

function chooseCores() {
  const [candidate, load] = allowedCores()
  if (load === undefined) throw new Error('two cores are needed: one for the candidate, one for load and upstream')
  return { candidate, load }
}
