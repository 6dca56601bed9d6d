import { UpstreamError } from '../transport.ts'

export interface BrokenStream {
  /** The peer has said that it has not looked at the request and will not (GOAWAY, RFC 9113 6.8). */
  readonly unread: boolean
  /** The same, of this one stream (REFUSED_STREAM, RFC 9113 8.7). */
  readonly refused: boolean
  /** The session had served before, and went when the request came: nothing has come from the peer since. */
  readonly stale: boolean
  readonly cause: unknown
}

const PROTOCOL_ERRORS = /PROTOCOL_ERROR|FRAME_SIZE_ERROR|FLOW_CONTROL_ERROR|COMPRESSION_ERROR|ERR_HTTP2_ERROR/

/** What the listener of a call is told whose stream was closed before its response was whole. */
export function faultOf({ unread, refused, stale, cause }: BrokenStream): UpstreamError {
  if (unread) {
    const said = 'the instance closed the connection before it had read the request'
    return new UpstreamError('reset', said, { stale, unprocessed: true, cause })
  }
  if (refused) return new UpstreamError('reset', 'the instance refused the stream', { unprocessed: true, cause })
  if (cause instanceof UpstreamError) return new UpstreamError(cause.kind, cause.message)
  const { code, message } = describe(cause)
  const kind = PROTOCOL_ERRORS.test(`${code} ${message}`) ? 'protocol' : 'reset'
  return new UpstreamError(kind, `the stream broke: ${message}`, { stale, cause })
}

function describe(cause: unknown): { code: string; message: string } {
  if (!(cause instanceof Error)) return { code: '', message: 'closed by the instance' }
  return { code: String((cause as NodeJS.ErrnoException).code), message: cause.message }
}
