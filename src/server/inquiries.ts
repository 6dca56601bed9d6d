import type { Worker } from 'node:cluster'
import type { Explanation, Question } from '../explain/index.ts'
import type { ToWorker } from './messages.ts'

const PATIENCE_MS = 2000

/** Questions to workers that wait for their answers. */
export class Inquiries {
  readonly #open = new Map<number, (explanation: Explanation) => void>()
  #count = 0

  /** @throws Error when the worker has not answered in time, or is gone */
  ask(worker: Worker, question: Question): Promise<Explanation> {
    const number = ++this.#count
    const message: ToWorker = { type: 'explain', number, question }
    return new Promise((resolve, reject) => {
      const late = () => {
        this.#open.delete(number)
        reject(new Error(`the worker gave no answer within ${PATIENCE_MS} ms`))
      }
      const timer = setTimeout(late, PATIENCE_MS)
      this.#open.set(number, (explanation) => {
        clearTimeout(timer)
        resolve(explanation)
      })
      worker.send(message)
    })
  }

  /** Harmless for a number that nobody waits for any more. */
  answered(number: number, explanation: Explanation): void {
    this.#open.get(number)?.(explanation)
    this.#open.delete(number)
  }
}
