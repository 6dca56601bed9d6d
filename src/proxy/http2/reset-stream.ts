import type { Http2Stream } from 'node:http2'

/**
 * Breaks a stream off (RST_STREAM). Node would end our side first where it has not ended yet: with END_STREAM, by which the peer
 * had to take what is broken off for a whole message.
 */
export function resetStream(stream: Http2Stream, code: number): void {
  stream.end = unended
  stream.close(code)
}

function unended<Stream>(this: Stream): Stream {
  return this
}
