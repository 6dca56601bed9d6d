import { UpstreamError, type UpstreamRequest } from './transport.ts'

/** Why the body can not be sent any more, known before anything is written; null when it can. */
export function bodyFault({ body, bodyLength }: UpstreamRequest): UpstreamError | null {
  if (bodyLength !== null && !(Number.isSafeInteger(bodyLength) && bodyLength >= 0))
    return fault(`a body length of ${bodyLength}`)
  if (body === null) return bodyLength ? fault(`no body where ${bodyLength} bytes are promised`) : null
  if (body.readableDidRead) return fault('the body has been read from before')
  if (body.readableEnded) return bodyLength ? fault('the body is empty') : null
  return body.destroyed || body.errored ? fault('the body was closed early', body.errored) : null
}

/** The body of a request is not what it should be. */
export function fault(message: string, cause?: unknown): UpstreamError {
  return new UpstreamError('body', message, { cause })
}
