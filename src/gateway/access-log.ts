import type { Endpoint } from '../plugin/index.ts'
import type { Ending, Exchange } from '../proxy/index.ts'

/** Takes whole lines of ASCII; must not block. */
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
 * One JSON line per request. Written by hand, for a general serialiser costs ten times as much; so nothing here formats
 * a fraction or a time of day more often than it must, and text goes through `quoted`.
 */
export function accessLog(sink: LineSink): (exchange: Exchange, result: Result) => void {
  const timestamp = millisecondClock()
  const instanceFields = cachedFields()
  return function logAccess(exchange, { status, bytes, durationMs, ending }) {
    const { route, endpoint, upstreamMs, code } = exchange
    let line = `{"level":30,"time":${timestamp()},"type":"access","requestId":"${exchange.id}","client":${quoted(exchange.clientAddress)}`
    line += `,"method":"${exchange.method}","target":${quoted(exchange.rawTarget)}`
    if (endpoint) line += `${instanceFields(endpoint, exchange.service)}${exchange.attempts}`
    else if (route) line += `,"service":"${route.service}"`
    line += `,"status":${status},"bytes":${bytes},"durationMs":${decimal(durationMs)}`
    if (upstreamMs !== undefined) line += `,"upstreamMs":${decimal(upstreamMs)}`
    if (code) line += `,"code":"${code}"`
    sink.write(`${line},"end":"${ending}"}\n`)
  }
}

/** JSON text, in ASCII. */
export function quoted(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126 || code === 34 || code === 92) return escaped(text)
  }
  return `"${text}"`
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const HUNDREDTHS = Array.from({ length: 100 }, (_, i) => `.${String(i).padStart(2, '0')}`)

/** Two places. */
function decimal(ms: number): string {
  const hundredths = Math.round(ms * 100)
  const whole = Math.floor(hundredths / 100)
  return whole + HUNDREDTHS[hundredths - whole * 100]!
}

function millisecondClock(): () => string {
  let lastMs = 0
  let text = ''
  return () => {
    const nowMs = Date.now()
    if (nowMs === lastMs) return text
    lastMs = nowMs
    text = String(nowMs)
    return text
  }
}

function cachedFields(): (endpoint: Endpoint, service: string) => string {
  const known = new WeakMap<Endpoint, string>()
  return (endpoint, service) => {
    let fields = known.get(endpoint)
    if (fields === undefined) {
      fields = `,"service":"${service}","instance":${quoted(endpoint.instance.id)},"attempts":`
      known.set(endpoint, fields)
    }
    return fields
  }
}
