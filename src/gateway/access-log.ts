import type { Endpoint } from '../plugin/index.ts'
import type { Ending, Exchange } from '../proxy/index.ts'

/** A line of ASCII, its line feed included, that is made when it is asked for. */
export interface Line {
  toString(): string
}

/** Takes whole lines; must not block. One that keeps them for a while and makes many at once has them cheaper. */
export interface LineSink {
  write(line: Line): unknown
}

/** How an exchange came out, told once, when the last byte has left or the connection is gone. */
export interface Result {
  readonly status: number
  readonly bytes: number
  readonly durationMs: number
  readonly ending: Ending
}

/** One JSON line per request. */
export function accessLog(sink: LineSink): (exchange: Exchange, result: Result) => void {
  return function logAccess(exchange, result) {
    sink.write(new AccessLine(exchange, result))
  }
}

/**
 * What a line says, without the exchange: that would keep all of its request alive. The line is written by hand, since it
 * is made for every request, and formats no fraction or time of day more often than it must.
 */
class AccessLine implements Line {
  readonly #time = Date.now()
  readonly #id: string
  readonly #client: string
  readonly #httpVersion: string
  readonly #method: string
  readonly #target: string
  readonly #service: string
  readonly #endpoint: Endpoint | undefined
  readonly #attempts: number
  readonly #upstreamMs: number | undefined
  readonly #code: string | undefined
  readonly #received: number | undefined
  readonly #result: Result

  constructor(exchange: Exchange, result: Result) {
    this.#id = exchange.id
    this.#client = exchange.clientAddress
    this.#httpVersion = exchange.httpVersion
    this.#method = exchange.method
    this.#target = exchange.rawTarget
    this.#service = exchange.service
    this.#endpoint = exchange.endpoint
    this.#attempts = exchange.attempts
    this.#upstreamMs = exchange.upstreamMs
    this.#code = exchange.code
    this.#received = exchange.tunnel?.bytesReceived
    this.#result = result
  }

  toString(): string {
    const { status, bytes, durationMs, ending } = this.#result
    let line = `${startAt(this.#time)}${this.#id}${ofClient(this.#client, this.#httpVersion)}`
    line += `${this.#method}","target":"${inner(this.#target)}"`
    if (this.#endpoint) line += `${ofInstance(this.#endpoint.instance.id, this.#service)}${this.#attempts}`
    else if (this.#service) line += `,"service":"${this.#service}"`
    line += `,"status":${status},"bytes":${bytes}`
    if (this.#received !== undefined) line += `,"received":${this.#received}`
    line += `,"durationMs":${decimal(durationMs)}`
    if (this.#upstreamMs !== undefined) line += `,"upstreamMs":${decimal(this.#upstreamMs)}`
    if (this.#code) line += `,"code":"${this.#code}"`
    return `${line},"end":"${ending}"}\n`
  }
}

const MOST_KEPT = 1024

/** What many lines have in common is made once, in one piece: each piece of a line is paid for when it is added, and when it is written. */
function kept(make: (subject: string, beside: string) => string): typeof make {
  const known = new Map<string, { readonly beside: string; readonly part: string }>()
  return function keptPart(subject, beside) {
    const last = known.get(subject)
    if (last !== undefined && last.beside === beside) return last.part
    const part = Buffer.from(make(subject, beside)).toString()
    if (known.size === MOST_KEPT) known.clear()
    known.set(subject, { beside, part })
    return part
  }
}

const ofClient = kept(
  (client, httpVersion) => `","client":"${inner(client)}","httpVersion":"${httpVersion}","method":"`,
)

const ofInstance = kept((id, service) => `,"service":"${service}","instance":"${inner(id)}","attempts":`)

/** What stands between the quotes of a JSON text, in ASCII. */
function inner(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126 || code === 34 || code === 92) return escaped(text)
  }
  return text
}

function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const HUNDREDTHS = Array.from({ length: 100 }, (_, i) => `.${String(i).padStart(2, '0')}`)

/** Two places. */
function decimal(ms: number): string {
  const hundredths = Math.round(ms * 100)
  const whole = Math.floor(hundredths / 100)
  return whole + HUNDREDTHS[hundredths - whole * 100]!
}

let lastMs = 0
let lastStart = ''

/** Lines of one millisecond stand together, and begin alike, up to their id. */
function startAt(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms
    lastStart = `{"level":30,"time":${ms},"type":"access","requestId":"`
  }
  return lastStart
}
