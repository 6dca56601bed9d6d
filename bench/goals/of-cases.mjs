import { median } from '../statistics.mjs'
import { ratios } from '../summary.mjs'

const CPU = 'cpuMicros'

/** Rows: what, case, candidate, the one it is compared with, at most so many times as much, of which metric. */
const targets = [
  ['small GET, CPU per request', 'small-get', 'portolan', 'nginx', 1.8, CPU],
  ['the same, beside the fastest other Node gateway', 'small-get', 'portolan', fastestNode, 0.45, CPU],
  ['the same, beside `express` + `http-proxy`', 'small-get', 'portolan', 'express-http-proxy', 0.12, CPU],
  ['small GET with the log off (metrics stay), CPU per request', 'small-get', 'portolan-quiet', 'nginx', 1.6, CPU],
  ['1 MB responses, CPU per MB', 'response-1mb', 'portolan', 'nginx', 2, CPU],
  ['new connection per request, CPU per request', 'new-connections', 'portolan', 'nginx', 2.5, CPU],
  ["p99 at half of nginx's capacity, fixed rate", 'half-load', 'portolan', 'nginx', 2, 'p99Ms'],
  ['10,000 services in the table beside one, CPU per request', 'services', 'services-10000', 'services-1', 1.05, CPU],
]

const node = ['express-http-proxy-agent', 'fastify-http-proxy', 'fast-gateway', 'httpxy', 'hono-proxy']

/** What the cases say of the targets that are multiples; what was not measured is neither met nor missed. */
export function ofCases(results) {
  return targets.map(([what, caseName, name, other, most, metric]) => {
    const rows = results.find((result) => result.name === caseName)?.rows ?? []
    const row = rows.find((one) => one.name === name)
    const base = typeof other === 'function' ? other(rows) : rows.find((one) => one.name === other)
    const ratio = median(ratios(row?.rounds ?? [], base?.rounds, metric))
    const target = `${most} x ${base?.name ?? (typeof other === 'string' ? other : 'the fastest')}`
    if (ratio === undefined) return { what, target, measured: 'not measured', met: undefined }
    return {
      what,
      target,
      measured: `${ratio.toFixed(3)} x${row.trouble ? `: ${row.trouble}` : ''}`,
      met: ratio <= most,
    }
  })
}

function fastestNode(rows) {
  const measured = rows.filter(({ name, cpuMicros }) => node.includes(name) && cpuMicros !== undefined)
  return measured.sort((a, b) => a.cpuMicros - b.cpuMicros)[0]
}
