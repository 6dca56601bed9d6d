import type { Exchange } from '../exchange.ts'
import { addTrustedWord, forwardedBehindTrusted, forwardedElement, type Seen } from './trusted-word.ts'
import type { Word } from './word.ts'

export interface ForwardingSettings {
  /** Whether instances are told in `Forwarded`, too. */
  readonly forwarded: boolean
  /** Tells whose certificate a client has shown, in lower case. null: clients are not asked for one. */
  readonly subjectHeader: string | null
}

/** A word that is said again as long as the next request differs in nothing that it depends on. */
export interface KeptWord extends Word {
  readonly host: string
  readonly prefix: string
  readonly httpVersion: string
}

/** What instances are told of who has sent a request, by which protocol and to which host. */
export class Words {
  readonly #settings: ForwardingSettings

  constructor(settings: ForwardingSettings) {
    this.#settings = settings
  }

  /** The host, as the prefix of the route, is no slice of a longer text, which would be kept with it. */
  on(exchange: Exchange, host: string): Word {
    const { peer, httpVersion } = exchange
    const prefix = exchange.route?.prefix ?? ''
    if (!peer || exchange.peerTrusted || exchange.header('via') !== undefined || isLast(exchange))
      return this.#new(exchange, host, prefix)
    const kept = peer.word
    if (kept && kept.host === host && kept.prefix === prefix && kept.httpVersion === httpVersion) return kept
    const { fields } = this.#new(exchange, host, prefix)
    peer.word = { fields, lines: undefined, host, prefix, httpVersion }
    return peer.word
  }

  #new(exchange: Exchange, host: string, prefix: string): Word {
    const { forwarded, subjectHeader } = this.#settings
    const { peer, peerTrusted } = exchange
    const proto = exchange.encrypted ? 'https' : 'http'
    const seen: Seen = { address: peer?.address, proto, host, prefix }
    const fields: string[] = []
    if (peerTrusted) addTrustedWord(fields, exchange, seen)
    else addOwnWord(fields, seen)
    if (forwarded)
      fields.push('forwarded', peerTrusted ? forwardedBehindTrusted(exchange, seen) : forwardedElement(seen))
    if (subjectHeader !== null && peer?.subject !== undefined) fields.push(subjectHeader, peer.subject)
    fields.push('via', viaOf(exchange))
    return { fields, lines: undefined }
  }
}

/** There is no next request. */
function isLast(exchange: Exchange): boolean {
  return exchange.header('connection') === 'close'
}

function addOwnWord(headers: string[], { address, proto, host, prefix }: Seen): void {
  if (address !== undefined) headers.push('x-forwarded-for', address)
  headers.push('x-forwarded-proto', proto)
  if (host !== '') headers.push('x-forwarded-host', host)
  if (prefix !== '') headers.push('x-forwarded-prefix', prefix)
}

/** RFC 9110 7.6.3: the version that the request was received in. */
function viaOf(exchange: Exchange): string {
  const { httpVersion } = exchange
  const hop = httpVersion === '1.1' ? '1.1 portolan' : httpVersion === '1.0' ? '1.0 portolan' : '2 portolan'
  const via = exchange.header('via')
  return via ? `${via}, ${hop}` : hop
}
