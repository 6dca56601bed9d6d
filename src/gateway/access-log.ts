import type { Ending, Exchange } from '../proxy/index.ts'

/** Takes whole lines; must not block. */
export interface LineSink {
  write(line: string): unknown
}

/** How an exchange came out, told once, when the last byte has left or the connection is gone. */
export interface Result {
  readonly status: number
  readonly bytes: number
  readonly durationMs: number
  readonly ending: Ending
}

/**
 * One JSON line per request. Written by hand, for it costs a tenth of a general serialiser; what a caller chose (the
 * method apart, which the parser knows) goes through `JSON.stringify`.
 */
export function accessLog(sink: LineSink): (exchange: Exchange, result: Result) => void {
  return function logAccess(exchange, { status, bytes, durationMs, ending }) {
    const { route, endpoint, upstreamMs, code } = exchange
    let line = `{"level":30,"time":${Date.now()},"type":"access","requestId":${JSON.stringify(exchange.id)}`
    line += `,"client":${JSON.stringify(exchange.clientAddress)},"method":"${exchange.method}","target":${JSON.stringify(exchange.rawTarget)}`
    if (route) line += `,"service":${JSON.stringify(route.service)}`
    if (endpoint) line += `,"instance":${JSON.stringify(endpoint.instance.id)},"attempts":${exchange.attempts}`
    line += `,"status":${status},"bytes":${bytes},"durationMs":${rounded(durationMs)}`
    if (upstreamMs !== undefined) line += `,"upstreamMs":${rounded(upstreamMs)}`
    if (code) line += `,"code":"${code}"`
    sink.write(`${line},"end":"${ending}"}\n`)
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
