import { listOf } from '../lines.ts'
import type { PlainHead, ResponseHead } from '../transport.ts'

/** A response head, of which lists are made only when somebody asks for them. */
export class ReceivedHead implements ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly plain: PlainHead | undefined
  readonly #fields: string
  #headers: readonly string[] | undefined

  /** `fields`: lines of `name: value`, each with its line end, of which `plain` leaves some out; or the list. */
  constructor(status: number, statusText: string, fields: string | readonly string[], plain?: PlainHead) {
    this.status = status
    this.statusText = statusText
    this.plain = plain
    if (typeof fields === 'string') this.#fields = fields
    else {
      this.#fields = ''
      this.#headers = fields
    }
  }

  get headers(): readonly string[] {
    this.#headers ??= listOf(this.#fields)
    return this.#headers
  }
}
