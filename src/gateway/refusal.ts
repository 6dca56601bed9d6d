import { STATUS_CODES } from 'node:http'
import type { GatewayError } from '../errors.ts'
import { problemAnswer } from './problem.ts'
import type { Reply } from './reply.ts'

/** Refuses a request, and closes: what follows on an HTTP/1 connection may be anything. */
export function answer(reply: Reply, error: GatewayError): void {
  reply.closeBehind()
  answerProblem(reply, error)
}

/** Answers a request with what has gone wrong, without the app. Breaks off if the head is out; harmless when the client has gone. */
export function answerProblem(reply: Reply, error: GatewayError): void {
  const { exchange } = reply
  exchange.code = error.code
  if (reply.headersSent || reply.destroyed) {
    reply.breakOff()
    return
  }
  const { status, headers, body } = problemAnswer(error, exchange)
  const bytes = Buffer.from(body ?? '')
  const head = [...Object.entries(headers).flat(), 'content-length', String(bytes.length)]
  reply.sendWhole(status, STATUS_CODES[status]!, head, bytes)
}
