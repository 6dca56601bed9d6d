/** Character classes of RFC 9110 5.5 and 5.6.2 and RFC 9112, as tables indexed by byte. */
export const HTAB = 9
export const LF = 10
export const CR = 13
export const SP = 32
export const COLON = 58
export const SEMICOLON = 59

/** 1 for the characters of a token: methods and field names. */
export const TOKEN = table((byte) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)))

/** 1 for what a field value or a reason phrase may hold: HTAB, SP, visible characters and obs-text. */
export const TEXT = table((byte) => byte === HTAB || (byte >= SP && byte !== 127))

/** The value of a hexadecimal digit, -1 for any other byte. */
export const HEX = Int8Array.from({ length: 256 }, (_, byte) => {
  const digit = String.fromCharCode(byte)
  return /[0-9a-fA-F]/.test(digit) ? Number.parseInt(digit, 16) : -1
})

export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false
  return text !== ''
}

/** What TEXT has no 1 for. As a pattern: on strings it is faster than the table, and this is asked of each value that is sent. */
const NOT_TEXT = /[^\t\x20-\x7e\x80-\xff]/

/** Also false for a character above 255, which would be cut to its low byte on the wire, and that byte may be an LF. */
export function isText(text: string): boolean {
  return !NOT_TEXT.test(text)
}

/** Neither empty nor with a blank or a control character. */
export function isTarget(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code <= SP || TEXT[code] !== 1) return false
  }
  return path !== ''
}

function table(belongs: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (belongs(byte) ? 1 : 0))
}
