import { GatewayError } from '../errors.ts'
import { Exchange, GivenFields } from '../proxy/index.ts'

/** A request that is not sent. Survives JSON. */
export interface Question {
  readonly method: string
  /** A path with its query, or a whole URL, whose host is then the Host field. */
  readonly url: string
  /** In any case; a field that is repeated has a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly clientAddress?: string
  /** Ids of instances that it was sent to before, in vain. */
  readonly tried?: readonly string[]
}

/** The question as the listener would see it: what routing looks at is not normalised. @throws GW_BAD_REQUEST */
export function exchangeOf({ method, url, headers = {}, clientAddress = '127.0.0.1' }: Question): Exchange {
  const { host, target } = parts(url)
  const fields = Object.entries({ host, ...lowerCased(headers) }).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as const),
  )
  const exchange = new Exchange({
    id: 'explain',
    startedMs: 0,
    method: method.toUpperCase(),
    rawTarget: target,
    fields: new GivenFields(fields.flat(), joined(fields)),
    httpVersion: '1.1',
    encrypted: url.startsWith('https:'),
    peer: undefined,
    intake: undefined,
    body: null,
    bodyLength: null,
  })
  exchange.clientAddress = clientAddress
  return exchange
}

function parts(url: string): { host: string; target: string } {
  if (url.startsWith('/')) return { host: 'localhost', target: url }
  const [, host, target] = /^https?:\/\/([^/?#]+)([^#]*)/.exec(url) ?? []
  if (host === undefined) throw new GatewayError('GW_BAD_REQUEST', `${JSON.stringify(url)} is neither a path nor a URL`)
  return { host, target: target!.startsWith('/') ? target! : `/${target}` }
}

const lowerCased = (headers: NonNullable<Question['headers']>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** As Node joins them. */
function joined(fields: readonly (readonly [string, string])[]): Record<string, string> {
  const all: Record<string, string> = Object.create(null)
  for (const [name, value] of fields)
    all[name] = name in all ? `${all[name]}${name === 'cookie' ? '; ' : ', '}${value}` : value
  return all
}
