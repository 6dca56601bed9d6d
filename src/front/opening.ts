import type { Socket } from 'node:net'

/** How much of what has come belongs to the opening; undefined: more is needed to tell. */
export type Judge = (bytes: Buffer) => number | undefined

/**
 * Reads the first bytes of a connection until `judge` can tell how many of them it takes. The rest is put back, for whoever
 * reads next. `done` is not called for a connection that ends before.
 */
export function readOpening(socket: Socket, judge: Judge, done: (opening: Buffer) => void): void {
  let bytes: Buffer = Buffer.alloc(0)
  const onReadable = (): void => {
    // From Node 26 on each `read` gives one of the chunks that have come.
    for (let more: Buffer | null = socket.read(); more; more = socket.read()) {
      bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more])
      const length = judge(bytes)
      if (length === undefined) continue
      stop()
      if (length < bytes.length) socket.unshift(bytes.subarray(length))
      done(bytes.subarray(0, length))
      return
    }
  }
  const onEnd = (): void => void socket.destroy()
  const stop = (): void => void socket.off('readable', onReadable).off('end', onEnd).off('close', stop)
  socket.on('readable', onReadable).on('end', onEnd).on('close', stop)
}
