import type { OutgoingHttpHeaders } from 'node:http2'
import type { Call } from '../call.ts'
import type { CallStream } from './call-stream.ts'

/** Its head is what `node:http2` takes for one. */
export type Http2Call = Call<OutgoingHttpHeaders, CallStream>
