/** What became of one request. */
export interface Answered {
  /** When it was sent, since the load began. */
  readonly atMs: number
  readonly tookMs: number
  readonly method: string
  readonly by: 'path' | 'headers'
  /** 0: the connection broke. */
  readonly status: number
  /** The gateway's own error, or the system's where the connection broke. */
  readonly code: string | undefined
  /** Which one answered; undefined: none did. */
  readonly instance: string | undefined
}

/** How many failures a story tells of. */
const TOLD = 10

/** What became of all requests of a load. */
export class Answers {
  readonly all: readonly Answered[]

  constructor(all: readonly Answered[]) {
    this.all = all
  }

  get failed(): readonly Answered[] {
    return this.all.filter(({ status }) => status !== 200)
  }

  /** Those to what was sent in this time. */
  between(seconds: number, until = Number.POSITIVE_INFINITY): Answers {
    return new Answers(this.all.filter(({ atMs }) => atMs >= seconds * 1000 && atMs < until * 1000))
  }

  /** Which part of the requests this instance answered. */
  share(instance: string): number {
    return this.all.filter((answered) => answered.instance === instance).length / this.all.length
  }

  /** For the person who wants to know why a test failed. */
  get story(): string {
    const failures = this.failed.toSorted((a, b) => a.atMs - b.atMs).slice(0, TOLD)
    return [
      `${this.all.length} requests, ${this.failed.length} failed, the slowest took ${this.#slowestMs} ms`,
      `by status: ${counted(this.all.map(({ status, code }) => (code ? `${status} ${code}` : `${status}`)))}`,
      `by instance: ${counted(this.all.map(({ instance = 'none' }) => instance))}`,
      ...failures.map(told),
    ].join('\n')
  }

  get #slowestMs(): number {
    return Math.round(this.all.reduce((most, { tookMs }) => Math.max(most, tookMs), 0))
  }
}

function told({ atMs, tookMs, method, by, status, code = '', instance = 'none' }: Answered): string {
  const [at, took] = [(atMs / 1000).toFixed(2), Math.round(tookMs)]
  return `  at ${at} s, ${method} by ${by}: ${status} ${code} after ${took} ms from ${instance}`
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${name} ${count}x`).join(', ')
}
