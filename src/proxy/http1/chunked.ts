import { CR, HEX, LF, SEMICOLON, TEXT } from '../tokens.ts'
import { violation } from '../violation.ts'

const MAX_DIGITS = 16
const MAX_EXTENSION_LINE = 4 * 1024
const MAX_EXTENSIONS = 16 * 1024

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf'

/**
 * The framing of a chunked body (RFC 9112 7.1) up to the trailer section. Holds no bytes: the caller takes up to `left`
 * bytes of data where `advance` stopped, and counts them off with `took`.
 */
export class ChunkedDecoder {
  /** Bytes of the current chunk that are still to come. */
  left = 0
  /** The last chunk has been announced; the trailer section follows. */
  last = false

  #state: State = 'size'
  #digits = 0
  #extension = 0
  #extensions = 0

  reset(): void {
    this.left = 0
    this.last = false
    this.#state = 'size'
    this.#digits = this.#extension = this.#extensions = 0
  }

  took(bytes: number): void {
    this.left -= bytes
    if (this.left === 0) this.#state = 'data-cr'
  }

  /**
   * Reads framing up to chunk data, the end of the last chunk's line, or the end of the input.
   *
   * @returns where it stopped
   * @throws UpstreamError `protocol`
   */
  advance(input: Buffer, at: number): number {
    while (at < input.length && this.#state !== 'data' && !this.last) this.#step(input[at++]!)
    return at
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        this.#sizeByte(byte)
        break
      case 'extension':
        this.#extensionByte(byte)
        break
      case 'size-lf':
        this.#endOfSize(byte)
        break
      case 'data-cr':
        if (byte !== CR) throw violation('chunk data is longer than its size')
        this.#state = 'data-lf'
        break
      case 'data-lf':
        if (byte !== LF) throw violation('chunk data does not end with CRLF')
        this.#state = 'size'
    }
  }

  #sizeByte(byte: number): void {
    const value = HEX[byte]!
    if (value >= 0) {
      // Up to 2^53 a double is exact, and 16 digits of leading zeros are enough for anyone.
      if (++this.#digits > MAX_DIGITS) throw violation('a chunk size with too many digits')
      this.left = this.left * 16 + value
      if (this.left > Number.MAX_SAFE_INTEGER) throw violation('a chunk size beyond 2^53')
    } else if (this.#digits === 0) throw violation('a chunk without a size')
    else if (byte === CR) this.#state = 'size-lf'
    else if (byte === SEMICOLON) this.#state = 'extension'
    else throw violation('a chunk size that is not hexadecimal')
  }

  #extensionByte(byte: number): void {
    if (byte === CR) {
      this.#state = 'size-lf'
      return
    }
    if (TEXT[byte] !== 1) throw violation('a control character in a chunk extension')
    if (++this.#extension > MAX_EXTENSION_LINE || ++this.#extensions > MAX_EXTENSIONS)
      throw violation('chunk extensions over the limit')
  }

  #endOfSize(byte: number): void {
    if (byte !== LF) throw violation('a bare CR in a chunk size line')
    this.last = this.left === 0
    this.#state = this.last ? 'size' : 'data'
    this.#digits = this.#extension = 0
  }
}
