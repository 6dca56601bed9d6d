import { connect } from 'node:net'
import type { Instance } from '../plugin/index.ts'

/** Whether a TCP connection to the instance can be made within `timeoutMs`. Never rejects. */
export function reaches({ host, port }: Instance, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (reached: boolean) => {
      resolve(reached)
      socket.destroy()
    }
    socket.setTimeout(timeoutMs, () => end(false))
    socket.once('connect', () => end(true)).on('error', () => end(false))
  })
}
