import { readFileSync } from 'node:fs'

/**
 * How a process runs that is watched for what it does with memory that is not its own. Slow.
 *
 * @param report is written as it happens
 */
export const valgrind = (report: string): readonly string[] => [
  'valgrind',
  '--undef-value-errors=no', // V8 has its own way with what it has not written
  '--show-mismatched-frees=no',
  '--error-limit=no',
  '--num-callers=30',
  `--log-file=${report}`,
]

/** What it has found, with the stacks of each. */
export function violations(report: string): string[] {
  const text = readFileSync(report, 'utf8').replaceAll(/^==\d+== ?/gm, '')
  return text.split(/\n(?=Invalid |Process terminating)/).slice(1)
}
