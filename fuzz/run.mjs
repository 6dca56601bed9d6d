// Throws mutated requests and mutated answers at a running gateway, and holds what comes of it to a few laws; see CONTRIBUTING.md.
import { readOptions, usage } from './options.mjs'
import { phase } from './phase.mjs'

const options = readOptions(process.argv.slice(2))
if (options.help) process.stdout.write(usage)
else process.exitCode = await main(options)

async function main({ seed, seconds, workers, only }) {
  console.log(`fuzz: seed ${seed}`)
  let first = only ?? 0
  let findings = 0
  for (const count of workers) {
    const result = await phase({ seed, first, workers: count, seconds: seconds / workers.length, only })
    if (only === undefined) first += result.cases
    findings += result.findings
  }
  console.log(findings === 0 ? 'fuzz: nothing found' : `fuzz: ${findings} findings`)
  return findings === 0 ? 0 : 1
}
