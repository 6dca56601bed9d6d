import { fieldsOf, framingOf, type Message, messageOf } from './message.ts'

const LINE_END = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
const CHUNK = /^([0-9a-fA-F]{1,12})([ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/

export interface ReaderOptions {
  readonly isStart: RegExp
  /** When the head tells no length: what follows? */
  framing(message: Message): 'none' | 'close' | undefined
  /** The head is there. */
  begun?(message: Message): void
  /** false: bodies are counted, not kept. */
  keep?: boolean
}

/** Reads one message, and not a byte more. Strict: it takes nothing for a message that another reader could take for another one. */
export class Reader {
  message: Message | undefined
  readonly #options: ReaderOptions
  #input: Buffer = Buffer.alloc(0)
  #state: 'head' | 'length' | 'size' | 'data' | 'data-end' | 'trailers' | 'close' | 'done' = 'head'
  #left = 0

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** What has come and belongs to no message yet. */
  get rest(): Buffer {
    return this.#input
  }

  get done(): boolean {
    return this.#state === 'done'
  }

  /**
   * Takes input; returns whether the message is complete.
   *
   * @throws when what comes is no HTTP
   */
  push(input: Buffer): boolean {
    this.#input = this.#input.length > 0 ? Buffer.concat([this.#input, input]) : input
    while (this.#step());
    return this.done
  }

  /** The other side has ended in good order. Returns whether that completes the message. */
  finish(): boolean {
    if (this.#state === 'close') this.#complete()
    return this.done
  }

  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#line(HEAD_END, (text) => this.#begin(text))
      case 'length':
      case 'data':
        return this.#take()
      case 'close':
        this.#left = this.#input.length
        return this.#take()
      case 'size':
        return this.#line(LINE_END, (text) => this.#size(text))
      case 'data-end':
        return this.#line(LINE_END, (text) => this.#dataEnd(text))
      case 'trailers':
        return this.#trailers()
      case 'done':
        return false
    }
  }

  #line(end: Buffer, use: (text: string) => void): boolean {
    const at = this.#input.indexOf(end)
    if (at < 0) return false
    const text = this.#input.toString('latin1', 0, at)
    this.#input = this.#input.subarray(at + end.length)
    use(text)
    return true
  }

  #begin(text: string): void {
    const message = messageOf(text, this.#options.isStart)
    const bodiless = this.#options.framing(message)
    const framing = bodiless ?? framingOf(message) ?? 0
    message.framing = framing === 'close' || framing === 'none' || framing === 'chunked' ? framing : 'length'
    this.message = message
    if (framing === 'chunked') this.#state = 'size'
    else if (framing === 'close') this.#state = 'close'
    else if (framing === 'none' || framing === 0) this.#complete()
    else {
      this.#left = framing
      this.#state = 'length'
    }
    this.#options.begun?.(message)
  }

  #take(): boolean {
    if (this.#left === 0 && this.#state === 'data') this.#state = 'data-end'
    if (this.#left === 0 || this.#input.length === 0) return this.#state === 'data-end'
    const chunk = this.#input.subarray(0, this.#left)
    this.#input = this.#input.subarray(chunk.length)
    this.#left -= chunk.length
    this.message!.add(chunk, this.#options.keep ?? true)
    if (this.#left > 0) return false
    if (this.#state === 'data') this.#state = 'data-end'
    if (this.#state === 'length') this.#complete()
    return true
  }

  #size(text: string): void {
    const [, size, extension = ''] = CHUNK.exec(text) ?? []
    if (size === undefined) throw new Error(`no chunk size: ${JSON.stringify(text)}`)
    this.message!.extensions += extension
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'data'
  }

  #dataEnd(text: string): void {
    if (text !== '') throw new Error(`a chunk is longer than it says: ${JSON.stringify(text)}`)
    this.#state = 'size'
  }

  #trailers(): boolean {
    const none = this.#input.subarray(0, 2).equals(LINE_END)
    return this.#line(none ? LINE_END : HEAD_END, (text) => {
      if (!none) this.message!.trailers = fieldsOf(text.split('\r\n'))
      this.#complete()
    })
  }

  #complete(): void {
    this.#state = 'done'
    this.message!.complete = true
  }
}
