import { getHeapStatistics } from 'node:v8'
import type { Pressure } from './pressure.ts'

const LOOK_MS = 100

/** Looks at the load of this process, and tells. @returns ends it */
export function watchLoad(pressure: Pressure, now: () => number): () => void {
  let lastMs = now()
  const looking = setInterval(() => {
    const nowMs = now()
    pressure.look({ lagMs: nowMs - lastMs - LOOK_MS, heap: heapInUse() })
    lastMs = nowMs
  }, LOOK_MS).unref()
  return () => clearInterval(looking)
}

/** With what is waiting to be collected, of which there is little when the heap is nearly full: V8 collects the sooner then. */
function heapInUse(): number {
  const { used_heap_size, heap_size_limit } = getHeapStatistics()
  return used_heap_size / heap_size_limit
}
