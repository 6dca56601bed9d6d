import type { SchemaIssue } from '../plugin/index.ts'
import type { Path, Spot } from './document.ts'

/** A problem before it has a place in the file: `path` starts where the checked value does. */
export interface Finding {
  readonly path: Path
  readonly message: string
  readonly spot: Spot
}

/** What zod adds to the issues of Standard Schema. Other libraries' issues simply lack it. */
interface RichIssue extends SchemaIssue {
  readonly code?: string
  readonly keys?: readonly string[]
  readonly errors?: readonly (readonly RichIssue[])[]
  readonly params?: { readonly spot?: Spot }
}

/** One finding per thing that is wrong: an issue about three unknown keys is three findings, at the three keys. */
export function findings(issues: readonly SchemaIssue[], before: Path = []): Finding[] {
  return issues.flatMap((issue) => findingsOf(issue as RichIssue, before))
}

function findingsOf(issue: RichIssue, before: Path): Finding[] {
  const path = [...before, ...segments(issue)]
  if (issue.code === 'unrecognized_keys' && issue.keys) return perKey(issue.keys, issue.message, path)
  const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors ?? []) : undefined
  if (branch) return findings(branch, path)
  const spot = issue.params?.spot ?? (issue.code === 'invalid_key' ? 'key' : 'value')
  return [{ path, message: issue.message, spot }]
}

function perKey(keys: readonly string[], message: string, path: Path): Finding[] {
  const lines = message.split('\n')
  return keys.map((key, index) => ({
    path: [...path, key],
    message: lines.length === keys.length ? lines[index]! : message,
    spot: 'key',
  }))
}

/** Of the alternatives of a union, the one that was meant: it takes this type of value and finds least wrong with it. */
function meantBranch(branches: readonly (readonly RichIssue[])[]): readonly RichIssue[] | undefined {
  const fitting = branches.filter((issues) => issues.length > 0 && !issues.some(isOtherType))
  return fitting.sort((a, b) => a.length - b.length)[0]
}

const isOtherType = (issue: RichIssue) =>
  segments(issue).length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')

const segments = ({ path }: SchemaIssue): Path =>
  (path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment))
