import { Stage } from './stage.ts'
import type { Case, Running, Start } from './wire.ts'

const AT_ONCE = 8

export interface Score {
  readonly gateway: string
  readonly version: string
  /** What went wrong, by case; undefined: nothing. */
  readonly errors: ReadonlyMap<Case, Error | undefined>
}

/** Plays all cases against one gateway: several at once, and then those that want to be alone. */
export async function playAll(cases: readonly Case[], start: (what: Start) => Promise<Running>): Promise<Score> {
  const stage = await Stage.open(cases, start)
  const errors = new Map<Case, Error | undefined>()
  const work = async (queue: Case[]) => {
    for (let next = queue.shift(); next; next = queue.shift()) errors.set(next, (await stage.play(next)).error)
  }
  try {
    const together = cases.filter(({ alone }) => !alone)
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(together)))
    await work(cases.filter(({ alone }) => alone))
  } finally {
    await stage.close()
  }
  const { name, version } = stage.gateway
  return { gateway: name, version, errors }
}
