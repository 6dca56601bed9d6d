import { type ClientFiles, clientDefects, type Defect, readFiles, untimely } from '../tls/index.ts'
import type { Path, Source } from './document.ts'
import type { ConfigProblem } from './problems.ts'
import type { FileInput } from './schema.ts'
import type { GatewayConfig, UpstreamConfig } from './types.ts'

type Part = Defect['part']

/** Files that are used together, and where each of them is named. */
interface End extends ClientFiles {
  at(part: Part): Path
}

/**
 * Looks into the files of TLS that a configuration names, and reports to `source` those that are no good.
 *
 * @returns what is no obstacle now, but will be noticed: certificates that are not valid at this time
 */
export async function checkTlsFiles(config: GatewayConfig, input: FileInput, source: Source): Promise<ConfigProblem[]> {
  const ends = [...serverEnds(config), ...upstreamEnds(config, input)]
  const named = new Set(ends.flatMap(({ cert, key, ca }) => [cert, key, ca]).filter((path) => path !== null))
  const contents = await readFiles(named)
  const warnings: ConfigProblem[] = []
  for (const end of ends) {
    const defects = clientDefects(end, contents)
    for (const { part, path, message } of defects) source.report(end.at(part), `${path}: ${message}`)
    if (end.cert === null || defects.length > 0) continue
    const reason = untimely(contents.get(end.cert) as Buffer, Date.now())
    if (reason) warnings.push(source.problem(end.at('cert'), `${end.cert}: ${reason}`))
  }
  return warnings
}

function serverEnds({ server: { tls } }: GatewayConfig): End[] {
  if (!tls) return []
  const ofPairs = tls.certificates.map(({ cert, key }, index): End => {
    const path = ['server', 'tls', ...(index === 0 ? [] : ['certificates', index - 1])]
    return { cert, key, ca: null, at: (part) => [...path, part] }
  })
  if (!tls.clients) return ofPairs
  return [...ofPairs, { cert: null, key: null, ca: tls.clients.ca, at: () => ['server', 'tls', 'clients', 'ca'] }]
}

function upstreamEnds({ upstream, services }: GatewayConfig, input: FileInput): End[] {
  const path = ['upstream', 'tls']
  const ends = [endOf(upstream, (part) => [...path, part])]
  for (const [name, written] of input.services) {
    const own = written.upstream?.tls
    const at = (part: Part) => [...(own?.[part] === undefined ? [] : ['services', name]), ...path, part]
    if (own) ends.push(endOf(services.get(name)!.upstream, at))
  }
  return ends
}

function endOf({ tls: { cert, key, ca } }: UpstreamConfig, at: End['at']): End {
  return { cert, key, ca, at }
}
