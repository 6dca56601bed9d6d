/** Says what was found, in a way that lets it be found again. */
export class Report {
  findings = 0
  #seed
  #workers
  #plain = 0
  #answers = 0
  #asked = 0

  constructor(seed, workers) {
    this.#seed = seed
    this.#workers = workers
  }

  judged({ plan, seen, outcome }, wrong) {
    if (plan.plain) this.#plain++
    this.#answers += outcome.answers.whole.length
    this.#asked += seen.length
    if (wrong.length === 0) return
    for (const what of wrong) this.found(`case ${plan.number}`, what)
    console.log(`  again: npm run fuzz -- --seed ${this.#seed} --workers ${this.#workers} --only ${plan.number}`)
    console.log(`  sent, then ${plan.ending}: ${plan.pieces.map((piece) => shown(piece)).join(' + ')}`)
    for (const { request, answer } of seen)
      console.log(
        `  ${request.method} ${request.target} (${request.complete ? 'whole' : 'broken'}) was answered, then ${answer.end}: ${answer.pieces.map(shown).join(' + ')}`,
      )
    console.log(`  came, then ${outcome.ended}: ${shown(outcome.received)}`)
  }

  found(where, what) {
    this.findings++
    console.log(`FOUND ${where}: ${what}`)
  }

  close({ cases, statuses, residentMiB }) {
    const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
    console.log(
      `fuzz: ${this.#workers} workers: ${cases} cases (${this.#plain} without a fault), ${this.#asked} requests at instances, ${this.#answers} whole answers`,
    )
    console.log(`fuzz: statuses ${counts.join(', ')}; ${residentMiB.toFixed(0)} MiB at the end`)
  }
}

const MOST = 1500

const shown = (text) => JSON.stringify(text.slice(0, MOST)) + (text.length > MOST ? `... ${text.length}` : '')
