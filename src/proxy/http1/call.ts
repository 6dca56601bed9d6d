import type { Call } from '../call.ts'
import type { Connection } from './connection.ts'

/** Its head is what goes on the wire before the body. */
export type Http1Call = Call<string, Connection>
