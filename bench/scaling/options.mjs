import { execFileSync } from 'node:child_process'
import { readPartOptions } from '../part-options.mjs'

export const usage = (parts) => `npm run bench:scaling -- [options]

  --only a,b      these parts only (${parts.join(', ')}); prints, and leaves bench/SCALING.md alone
  --also NODE     another Node, by path or by name, for what this one does not have (reusePort: from 23.1)
  --json          JSON on stdout instead of the table
`

/** @throws a one-line error for an unknown option or part */
export function readOptions(argv, known) {
  const { also, ...values } = readPartOptions(argv, known, { also: { type: 'string' } })
  const only = values.only ?? known
  return {
    ...values,
    only,
    full: only.length === known.length,
    nodes: [process.execPath, ...(also ? [also] : [])].map((path) => ({
      path,
      version: versionOf(path),
    })),
  }
}

const versionOf = (path) => execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
