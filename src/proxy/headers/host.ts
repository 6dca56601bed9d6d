import { isIPv6 } from 'node:net'

const COLON = 58
const OPENING = 91

/**
 * Whether a text is a host with or without a port (RFC 9110 7.2): a name, an IPv4 address, or an IPv6 address in brackets.
 * Of a name's characters RFC 3986 knows more; what could end an authority or begin another part of a URL is not among these.
 */
export function isHost(text: string): boolean {
  const end = text.charCodeAt(0) === OPENING ? endOfAddress(text) : endOfName(text)
  return end > 0 && isPort(text, end)
}

function endOfName(text: string): number {
  let at = 0
  while (at < text.length && isOfName(text.charCodeAt(at))) at++
  return at
}

function isOfName(code: number): boolean {
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  const isDigitDotOrHyphen = code >= 45 && code <= 57 && code !== 47
  return isLetter || isDigitDotOrHyphen || code === 95 || code === 126
}

function endOfAddress(text: string): number {
  const end = text.indexOf(']')
  return isIPv6(text.slice(1, end)) ? end + 1 : 0
}

/** Also of no digits, with nothing but a colon. */
function isPort(text: string, from: number): boolean {
  if (from === text.length) return true
  if (text.charCodeAt(from) !== COLON || text.length - from > 6) return false
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return true
}
