import { readFileSync } from 'node:fs'

const MOST = 30

/** The functions of a CPU profile that took most of the time by themselves, without those that they call. */
export function heaviest(file) {
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
