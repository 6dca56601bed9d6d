import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { chosenNames } from '../chosen-names.mjs'

export const usage = (parts) => `npm run bench:scaling -- [options]

  --only a,b      these parts only (${parts.join(', ')}); prints, and leaves bench/SCALING.md alone
  --also NODE     another Node, by path or by name, for what this one does not have (reusePort: from 23.1)
  --json          JSON on stdout instead of the table
`

/** @throws a one-line error for an unknown option or part */
export function readOptions(argv, known) {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string' },
      also: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const only = chosenNames('part', values.only, known) ?? known
  return {
    help: values.help,
    json: values.json,
    only,
    full: only.length === known.length,
    nodes: [process.execPath, ...(values.also ? [values.also] : [])].map((path) => ({
      path,
      version: versionOf(path),
    })),
  }
}

const versionOf = (path) => execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
