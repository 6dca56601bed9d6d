import { originOf } from './origins.mjs'

const STREAMS = /^node:(net$|events$|buffer$|internal\/(streams|stream_base_commons|buffer))/

const NOT_WORK = new Set(['(idle)', '(root)', 'dispatch'])

/** Of a frame: by function where it is native, else by file. The first that takes it has it. */
const groups = [
  ['V8: garbage collection', ({ functionName }) => functionName === '(garbage collector)'],
  ['native: event loop, reads, the parser of requests', ({ functionName }) => functionName === '(program)'],
  ['native: writes, mostly the kernel', ({ url, functionName }) => url === '' && /^write/.test(functionName)],
  ['native: other', ({ url }) => url === ''],
  ['Node: HTTP server', ({ url }) => /^node:_http/.test(url)],
  ['Node: sockets, streams, events, buffers', ({ url }) => STREAMS.test(url)],
  ['Node: promises, ticks, timers, other', ({ url }) => url.startsWith('node:')],
  ['Hono', ({ url }) => url.includes('/node_modules/hono/')],
  ['Node server adapter of Hono', ({ url }) => url.includes('/node_modules/@hono/')],
  ['log: pino and what it writes by', ({ url }) => /\/node_modules\/(pino|sonic-boom)\//.test(url)],
  ['other libraries', ({ url }) => url.includes('/node_modules/')],
]

/**
 * Where the time of a CPU profile went, by groups of functions; the gateway's own by rooms. What it idled is left out, and what
 * it was told by the profiler.
 *
 * @returns `[group, share]`, the greatest first
 */
export function sharesOf({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, { ...callFrame, url: originOf(callFrame) }]))
  const micros = new Map()
  let busy = 0
  for (const [at, id] of samples.entries()) {
    const frame = frames.get(id)
    if (NOT_WORK.has(frame.functionName)) continue
    const group = groupOf(frame)
    micros.set(group, (micros.get(group) ?? 0) + timeDeltas[at])
    busy += timeDeltas[at]
  }
  return [...micros].map(([group, spent]) => [group, spent / busy]).sort(([, a], [, b]) => b - a)
}

function groupOf(frame) {
  const known = groups.find(([, takes]) => takes(frame))
  if (known) return known[0]
  const [, path = 'other'] = /\/(?:dist\/)?((?:src|adapters|strategies)(?:\/[^/]+)*)\/[^/]*$/.exec(frame.url) ?? []
  return `Portolan: ${path}`
}
