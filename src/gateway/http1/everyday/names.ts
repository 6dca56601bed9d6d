import type { FieldName } from '../../../proxy/index.ts'
import { Recurring } from './recurring.ts'

const SLOTS = 2048

/** The names that come, each as the same string every time, so that whoever looks it up in a table pays for its hash once. */
export class Names extends Recurring<FieldName> {
  /** @param leftOut in lower case: empty is the lower case of such a name */
  constructor(leftOut: ReadonlySet<string>) {
    super(SLOTS, (sent) => {
      const lower = sent.toLowerCase()
      return { sent, lower: leftOut.has(lower) ? '' : lower }
    })
  }
}
