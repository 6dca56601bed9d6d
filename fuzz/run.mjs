// Throws mutated requests and mutated answers at a running gateway, and holds what comes of it to a few laws; see CONTRIBUTING.md.
import { readOptions, usage } from './options.mjs'
import { phase } from './phase.mjs'

for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => process.exit(code))
}
const options = readOptions(process.argv.slice(2))
if (options.help) process.stdout.write(usage)
else process.exitCode = await main(options)

async function main({ seed, seconds, workers, only, json }) {
  const say = (line) => void (json ? process.stderr : process.stdout).write(`${line}\n`)
  say(`fuzz: seed ${seed}`)
  let first = only ?? 0
  const results = []
  for (const count of workers) {
    const result = await phase({ seed, first, workers: count, seconds: seconds / workers.length, only, say })
    if (only === undefined) first += result.cases
    results.push(result)
  }
  const findings = results.flatMap((result) => result.findings)
  say(findings.length === 0 ? 'fuzz: nothing found' : `fuzz: ${findings.length} findings`)
  if (json) process.stdout.write(`${JSON.stringify({ seed, phases: results }, null, 2)}\n`)
  return findings.length === 0 ? 0 : 1
}
