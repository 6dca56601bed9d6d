import type { CandidateExplanation, Explanation } from '../explain/index.ts'
import { aligned, printable } from './columns.ts'

const HEAD = ['', 'INSTANCE', 'ZONE', 'TIER', 'WEIGHT', 'IN FLIGHT', 'LATENCY', 'SCORE', 'NOTE']

/** For people: the request, its route, how it is balanced, everybody who might be asked, and the answer if nobody is. */
export function explanationText({ request, route, balancing, candidates, pick, refused }: Explanation): string {
  const lines = [
    `${request.method} ${request.target}`,
    route
      ? `route     ${route.mode}: service ${route.service}, path ${route.path}${route.prefix && `, prefix ${route.prefix} taken off`}`
      : 'route     none',
    ...(balancing
      ? [`strategy  ${balancing.strategy}${balancing.panic ? ', health is ignored: too few are healthy' : ''}`]
      : []),
    ...(candidates?.length ? ['', ...aligned([HEAD, ...candidates.map((one) => cells(one, pick))])] : []),
    ...(refused ? ['', `answer    ${refused.status} ${refused.code}: ${refused.detail}`] : []),
  ]
  return `${lines.map(printable).join('\n')}\n`
}

function cells(one: CandidateExplanation, pick: Explanation['pick']): string[] {
  const { id, zone = '', tier, share, weight, weightNow, inFlight, latencyMs, score } = one
  const picked = pick?.id === id
  return [
    picked ? '>' : '',
    id,
    zone,
    share === 1 ? String(tier) : `${tier} (${Math.round(share * 100)} %)`,
    weightNow === weight ? String(weight) : `${decimal(weightNow)} of ${weight}`,
    String(inFlight),
    latencyMs > 0 ? `${decimal(latencyMs)} ms` : '',
    score === undefined || score === null ? '' : decimal(score),
    picked ? PICKED[pick.by] : left(one),
  ]
}

const PICKED: Record<NonNullable<Explanation['pick']>['by'], string> = {
  session: 'picked: its session',
  trial: 'picked: on trial',
  strategy: 'picked',
}

function left({ why, ejectedForMs }: CandidateExplanation): string {
  if (why === undefined) return ''
  return ejectedForMs === undefined ? why : `${why}, for ${Math.ceil(ejectedForMs / 1000)} s`
}

const decimal = (value: number) => String(Math.round(value * 1000) / 1000)
