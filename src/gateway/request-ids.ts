import { randomBytes } from 'node:crypto'

const MAX_CHARACTERS = 128

/** A caller's own id is kept when it could be one; otherwise the next of a series that no other worker has. */
export function requestIds(): (offered: string | string[] | undefined) => string {
  const series = randomBytes(6).toString('hex')
  let count = 0
  return function requestId(offered) {
    if (typeof offered === 'string' && isId(offered)) return offered
    return `${series}-${(++count).toString(36)}`
  }
}

/** Letters, digits and `-._=`: nothing that a log, a header or a page would read as more than an id. */
function isId(text: string): boolean {
  return text.length > 0 && text.length <= MAX_CHARACTERS && /^[\w.=-]+$/.test(text)
}
