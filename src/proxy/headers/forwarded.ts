import { isIPv4, isIPv6 } from 'node:net'
import { isToken, TOKEN } from '../tokens.ts'

/** RFC 7239: what one hop says of the request that it was sent. Lower-case names, values without their quotes. */
export type ForwardedElement = ReadonlyMap<string, string>

/**
 * A node of `Forwarded`, or an item of `X-Forwarded-For`, with or without a port.
 *
 * @returns its address as a socket tells it; undefined for what is none: `unknown`, `_hidden`, a name
 */
export function addressOf(node: string): string | undefined {
  const text = node.trim()
  if (isIPv4(text)) return text
  if (isIPv6(text)) return plain(text)
  const [, bracketed, bare = ''] = /^(?:\[([^\]]*)\]|([\d.]*))(?::[\w.-]+)?$/.exec(text) ?? []
  if (bracketed === undefined) return isIPv4(bare) ? bare : undefined
  return isIPv6(bracketed) ? plain(bracketed) : undefined
}

/** Without a zone, which means something to one machine only; an IPv4 address as such. */
function plain(address: string): string {
  const [zoneless = ''] = address.split('%')
  const mapped = /^::ffff:([\d.]+)$/i.exec(zoneless)?.[1]
  return mapped ?? zoneless
}

/** An address as a value of `for`; what is none is told as unknown. */
export function nodeOf(address: string | undefined): string {
  if (address === undefined || address === '') return 'unknown'
  return address.includes(':') ? `"[${address}]"` : address
}

/** A value of `host` or `proto`. */
export function quotedIfNeeded(value: string): string {
  return isToken(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** @returns the elements from the first hop to the last; undefined for what is not RFC 7239 */
export function readForwarded(value: string): readonly ForwardedElement[] | undefined {
  const elements = new Reader(value).elements()
  return elements && elements.length > 0 ? elements : undefined
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Commas between elements; a list may have empty ones (RFC 9110 5.6.1). */
  elements(): ForwardedElement[] | undefined {
    const elements: ForwardedElement[] = []
    for (;;) {
      const element = new Map<string, string>()
      do if (!this.#pair(element)) return undefined
      while (this.#takes(';'))
      if (element.size > 0) elements.push(element)
      if (this.#at === this.#text.length) return elements
      if (!this.#takes(',')) return undefined
    }
  }

  /** `name=value`, or nothing. A name must not come twice. */
  #pair(element: Map<string, string>): boolean {
    this.#skipBlanks()
    const name = this.#token().toLowerCase()
    if (name !== '') {
      if (!this.#takes('=') || element.has(name)) return false
      const value = this.#takes('"') ? this.#quoted() : this.#token() || undefined
      if (value === undefined) return false
      element.set(name, value)
    }
    this.#skipBlanks()
    return true
  }

  #quoted(): string | undefined {
    let value = ''
    for (; this.#at < this.#text.length; this.#at++) {
      if (this.#takes('"')) return value
      if (this.#text[this.#at] === '\\') this.#at++
      value += this.#text[this.#at] ?? ''
    }
    return undefined
  }

  #token(): string {
    const start = this.#at
    while (TOKEN[this.#text.charCodeAt(this.#at)] === 1) this.#at++
    return this.#text.slice(start, this.#at)
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++
  }
}
