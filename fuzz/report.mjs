import { wasLost } from './judge.mjs'

/** Of the cases without a fault: on a busy machine more than a few are lost, and if most were, no law would be tried. */
const MOST_LOST = 1 / 4

/** Says what was found, in a way that lets it be found again. */
export class Report {
  findings = []
  #seed
  #workers
  #say
  #plain = 0
  #lost = 0
  #answers = 0
  #asked = 0

  /** @param say takes a line */
  constructor(seed, workers, say) {
    this.#seed = seed
    this.#workers = workers
    this.#say = say
  }

  judged({ plan, seen, outcome }, wrong) {
    if (plan.plain) this.#plain++
    if (plan.plain && wasLost({ outcome })) this.#lost++
    this.#answers += outcome.answers.whole.length
    this.#asked += seen.length
    if (wrong.length === 0) return
    for (const what of wrong) this.found(`case ${plan.number}`, what)
    this.#say(`  again: npm run fuzz -- --seed ${this.#seed} --workers ${this.#workers} --only ${plan.number}`)
    this.#say(`  sent, then ${plan.ending}: ${plan.pieces.map((piece) => shown(piece)).join(' + ')}`)
    for (const { request, answer } of seen)
      this.#say(
        `  ${request.method} ${request.target} (${request.complete ? 'whole' : 'broken'}) was answered, then ${answer.end}: ${answer.pieces.map(shown).join(' + ')}`,
      )
    this.#say(`  came, then ${outcome.ended}: ${shown(outcome.received)}`)
  }

  found(where, what) {
    this.findings.push({ where, what })
    this.#say(`FOUND ${where}: ${what}`)
  }

  progress(cases) {
    process.stderr.write(`fuzz: ${this.#workers} workers: ${cases} cases so far, ${this.findings.length} findings\n`)
  }

  /** @returns the sums */
  close({ cases, statuses, residentMiB }) {
    if (this.#lost > this.#plain * MOST_LOST)
      this.found('cases', `${this.#lost} of ${this.#plain} without a fault were lost`)
    const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
    this.#say(
      `fuzz: ${this.#workers} workers: ${cases} cases (${this.#plain} without a fault, ${this.#lost} of them lost), ${this.#asked} requests at instances, ${this.#answers} whole answers`,
    )
    this.#say(`fuzz: statuses ${counts.join(', ')}; ${residentMiB.toFixed(0)} MiB at the end`)
    return {
      workers: this.#workers,
      cases,
      statuses: Object.fromEntries(statuses),
      residentMiB: Math.round(residentMiB),
      findings: this.findings,
    }
  }
}

const MOST = 1500

const shown = (text) => JSON.stringify(text.slice(0, MOST)) + (text.length > MOST ? `... ${text.length}` : '')
