import { STATUS_CODES } from 'node:http'
import type { GatewayError } from '../errors.ts'
import { problemAnswer } from './problem.ts'
import type { Reply } from './reply.ts'

/** Answers without the app, and closes: what follows on an HTTP/1 connection may be anything. Breaks off if the head is out. */
export function answer(reply: Reply, error: GatewayError): void {
  const { exchange } = reply
  exchange.code = error.code
  if (reply.headersSent) {
    reply.breakOff()
    return
  }
  const { status, headers, body } = problemAnswer(error, exchange)
  const bytes = Buffer.from(body ?? '')
  reply.closeBehind()
  const head = [...Object.entries(headers).flat(), 'content-length', String(bytes.length)]
  reply.sendWhole(status, STATUS_CODES[status]!, head, bytes)
}
