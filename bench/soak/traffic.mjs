import { setTimeout as sleep } from 'node:timers/promises'
import { client, exchanges, forgetConnections } from './exchanges.mjs'

const PATIENCE_MS = 20_000

const agenda = exchanges.flatMap(([times, name, run]) => Array.from({ length: times }, () => ({ name, run })))

/** All kinds of exchanges, mixed by chance, as their shares say. */
export class Traffic {
  #to
  #port
  #underWay = new Set()
  done = 0
  /** How often what went wrong. */
  wrong = new Map()

  constructor(port) {
    this.#port = port
    this.#to = client(port)
  }

  /** @returns exchanges a second */
  async asMuchAsPossible(clients, seconds) {
    const [begun, doneBefore] = [performance.now(), this.done]
    const until = begun + seconds * 1000
    const work = async () => {
      while (performance.now() < until) await this.#one()
    }
    await Promise.all(Array.from({ length: clients }, work))
    return (this.done - doneBefore) / ((performance.now() - begun) / 1000)
  }

  /** However long each of them takes. */
  async atRate(perSecond, seconds) {
    const begun = performance.now()
    for (let sent = 0, due = 0; due < seconds; sent++, due = sent / perSecond) {
      const aheadMs = begun + due * 1000 - performance.now()
      if (aheadMs > 2) await sleep(aheadMs)
      const exchange = this.#one()
      this.#underWay.add(exchange)
      exchange.finally(() => this.#underWay.delete(exchange))
    }
  }

  /** Everybody has gone. */
  async over() {
    await Promise.all(this.#underWay)
    forgetConnections()
  }

  async #one() {
    const { name, run } = agenda[Math.floor(Math.random() * agenda.length)]
    let timer
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not within ${PATIENCE_MS} ms`)), PATIENCE_MS)
    })
    try {
      await Promise.race([run(this.#to, this.#port), late])
    } catch (error) {
      const what = `${name}: ${error.message}`
      this.wrong.set(what, (this.wrong.get(what) ?? 0) + 1)
    } finally {
      clearTimeout(timer)
      this.done++
    }
  }
}
