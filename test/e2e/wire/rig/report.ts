import { GROUPS, groupOf, rulesOf } from '../rules.ts'
import type { Score } from './play.ts'
import type { Case } from './wire.ts'

/** How many of a level a gateway passes: `12 of 13`; empty when there are none. */
function passed({ errors }: Score, cases: readonly Case[], level: Case['level']): string {
  const asked = cases.filter((each) => each.level === level)
  return asked.length === 0 ? '' : `${asked.filter((each) => !errors.get(each)).length} of ${asked.length}`
}

/** A table with a row per group of rules. */
export function table(cases: readonly Case[], scores: readonly Score[]): string {
  const columns = scores.flatMap(({ gateway }) => [`${gateway}: must`, 'should'])
  const row = (rules: string, title: string, of: readonly Case[]) => [
    rules,
    title,
    ...scores.flatMap((score) => [passed(score, of, 'must'), passed(score, of, 'should')]),
  ]
  const groups = GROUPS.map(([, title]) => [title, cases.filter(({ rule }) => groupOf(rule) === title)] as const)
  const rows = groups.filter(([, of]) => of.length > 0).map(([title, of]) => row(rulesOf(title), title, of))
  const lines = [['rules', '', ...columns], Array(columns.length + 2).fill('---'), ...rows, row('', 'all', cases)]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** What a gateway fails, as a list; empty when nothing. */
export function failures(cases: readonly Case[], { errors }: Score): string {
  return cases
    .filter((each) => errors.get(each))
    .map((each) => `- ${each.rule}, ${each.level}: ${each.name}`)
    .join('\n')
}

export function asPage(cases: readonly Case[], scores: readonly Score[]): string {
  const sections = scores.map(
    (score) => `## What ${score.gateway} does not\n\n${failures(cases, score) || 'Nothing.'}\n`,
  )
  const versions = scores.map(({ version }) => `- ${version}`).join('\n')
  return `# Conformance

Made by \`npm run test:wire\` on ${new Date().toISOString().slice(0, 10)}; do not edit.

What HTTP asks of a gateway, as cases on bare sockets: a client and an instance that write exact bytes, and read strictly what
the gateway makes of them. \`must\` and \`should\` are those of the RFCs, and of what keeps two readers of the same bytes from
understanding two things. Where there are two right outcomes a case takes both.

All gateways get the same cases, time-outs and limits, and each runs with what its manual advises for streaming
(\`test/e2e/wire/gateways/\`). What a gateway has no means for counts as not passed. Of one failed rule there may be many cases:
the lists below say more than the sums.

${versions}

${table(cases, scores)}

${sections.join('\n')}`
}

export function asJson(cases: readonly Case[], scores: readonly Score[]): string {
  const results = scores.map(({ gateway, version, errors }) => ({
    gateway,
    version,
    cases: cases.map((each) => {
      const { rule, level, name } = each
      const error = errors.get(each)
      return { rule, level, name, passed: !error, ...(error && { error: error.message }) }
    }),
  }))
  return JSON.stringify(results, undefined, 2)
}
