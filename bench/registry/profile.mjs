import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const MOST = 30

/** Ends the profiles that are being made in the gateway, leaves them in the folder of `--profile` and says what is heaviest. */
export async function keepProfiles({ profile, say }, part, { primary, workers }) {
  mkdirSync(profile, { recursive: true })
  const all = { primary, ...Object.fromEntries(workers.map((worker, at) => [`worker-${at + 1}`, worker])) }
  for (const [name, one] of Object.entries(all)) {
    const file = join(profile, `${part}-${name}.cpuprofile`)
    await one.ask('profiled', { file })
    say(`${file}\n${heaviest(file)}`)
  }
}

/** The functions of a CPU profile that took most of the time by themselves, without those that they call. */
function heaviest(file) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'))
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const selfMicros = new Map()
  let busyMicros = 0
  for (const [at, sample] of samples.entries()) {
    const name = names.get(sample)
    if (name.startsWith('(idle)') || name.startsWith('(program)')) continue
    busyMicros += timeDeltas[at]
    selfMicros.set(name, (selfMicros.get(name) ?? 0) + timeDeltas[at])
  }
  const sorted = [...selfMicros].sort(([, a], [, b]) => b - a).slice(0, MOST)
  return sorted
    .map(
      ([name, micros]) =>
        `${((micros / busyMicros) * 100).toFixed(1).padStart(6)} %  ${(micros / 1000).toFixed(0).padStart(6)} ms  ${name}`,
    )
    .join('\n')
}

function nameOf({ functionName, url, lineNumber }) {
  const where = url.replace(/^.*\/(?=(dist|node_modules|bench)\/)/, '')
  return `${functionName || '(anonymous)'}${where ? `  ${where}:${lineNumber + 1}` : ''}`
}
