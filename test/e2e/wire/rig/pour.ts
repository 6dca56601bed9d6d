import type { Socket } from 'node:net'
import { response } from './say.ts'
import type { UpstreamRequest } from './upstream.ts'

const PIECE = Buffer.alloc(64 * 1024, 'x')

/** Writes so many bytes at the pace of the other side. */
export function pour(socket: Socket, bytes: number): void {
  let left = bytes
  const more = () => {
    while (left > 0 && socket.writable) {
      const piece = PIECE.subarray(0, left)
      left -= piece.length
      if (!socket.write(piece)) return
    }
  }
  socket.on('drain', more)
  more()
}

/** Answers with a body of so many bytes, at the pace of the other side. */
export function pourAnswer(asked: UpstreamRequest, bytes: number): void {
  asked.write(response('200 OK', [`Content-Length: ${bytes}`]))
  pour(asked.connection.socket, bytes)
}
