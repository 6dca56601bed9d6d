import { setFlagsFromString } from 'node:v8'

/** From here on requests wait for so long that some of them grow old before they are answered. */
const MANY_CONNECTIONS = 256

const GROWTH_PERCENT = { many: 33, few: 0 }

let isForMany = false

/**
 * To be told, now and then, how many connections this process has open. As long as they are many, V8 collects the old generation when it
 * has grown by a third of what was alive, and not, as it does by itself, by several times that: requests that have died lie there. With
 * few of them there would be nothing to collect so often but the buffers of large bodies, which count as well.
 *
 * A flag of V8, which Node has no word for: where there is none of the name all works, with more memory.
 */
export function keepOldGenerationSmall(connections: number): void {
  const isNow = connections >= MANY_CONNECTIONS
  if (isNow === isForMany) return
  isForMany = isNow
  setFlagsFromString(`--heap-growing-percent=${isNow ? GROWTH_PERCENT.many : GROWTH_PERCENT.few}`)
}
