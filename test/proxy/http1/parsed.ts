import { ResponseParser } from '../../../src/proxy/http1/response-parser.ts'
import { UpstreamError } from '../../../src/proxy/transport.ts'

export interface Parsed {
  status: number
  statusText: string
  headers: readonly string[]
  body: string
  trailers: readonly string[]
  /** `open`: the parser waits for more. */
  outcome: 'end' | 'open' | UpstreamError['kind']
  reusable: boolean
}

/** What a parser makes of one response that arrives in these pieces and, with `fin`, ends the connection. */
export function parsed(pieces: readonly Buffer[], { toHead = false, fin = false, takesText = false } = {}): Parsed {
  const parser = new ResponseParser()
  const result: Parsed = {
    status: 0,
    statusText: '',
    headers: [],
    body: '',
    trailers: [],
    outcome: 'open',
    reusable: false,
  }
  parser.reset(toHead, null, takesText)
  try {
    for (const piece of pieces) {
      parser.push(piece)
      if (result.outcome === 'open') drain(parser, result)
    }
    if (fin && result.outcome === 'open') {
      parser.finish()
      drain(parser, result)
    }
    result.reusable = result.outcome === 'end' && parser.reusable
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    result.outcome = error.kind
  }
  return result
}

function drain(parser: ResponseParser, result: Parsed): void {
  for (;;) {
    const event = parser.read()
    if (event === 'more') return
    if (event === 'head') Object.assign(result, parser.head, { headers: parser.head.headers })
    if (event === 'text') result.body += parser.text
    if (event === 'data') result.body += parser.chunk.toString('latin1')
    if (event === 'end') {
      result.outcome = 'end'
      result.trailers = parser.trailers
      return
    }
  }
}

export const bytes = (text: string) => Buffer.from(text, 'latin1')

export const oneByOne = (input: Buffer) => Array.from(input, (_, at) => input.subarray(at, at + 1))

/** Whole, byte by byte, and cut in two at every place. */
export function* splits(input: Buffer): Generator<Buffer[]> {
  yield [input]
  yield oneByOne(input)
  for (let at = 1; at < input.length; at++) yield [input.subarray(0, at), input.subarray(at)]
}
