import type { Socket } from 'node:net'
import { until } from './until.ts'

const STILL_MS = 300

/** The value once it has not moved for a while: nothing else tells that nothing more comes. */
export async function standstill(value: () => number): Promise<number> {
  let seen = -1
  let sinceMs = 0
  await until('a standstill', () => {
    if (value() !== seen) sinceMs = performance.now()
    seen = value()
    return seen > 0 && performance.now() - sinceMs > STILL_MS
  })
  return seen
}

/** How much has left a socket by then. */
export function standstillOf(socket: Socket): Promise<number> {
  return standstill(() => socket.bytesWritten - socket.writableLength)
}
