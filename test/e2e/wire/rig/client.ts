import type { Socket } from 'node:net'
import { until } from '../../../support/until.ts'
import type { Message } from './message.ts'
import { Reader } from './reader.ts'

const IS_RESPONSE = /^HTTP\/1\.[01] \d{3} [\t\x20-\x7e\x80-\xff]*$/

/** A final answer. */
export interface Answer {
  readonly status: number
  readonly reason: string
  /** `1.1` or `1.0`. */
  readonly version: string
  readonly message: Message
  /** Those with a status below 200 that came before it, 101 excepted. */
  readonly interim: readonly { readonly status: number; readonly message: Message }[]
  /** `cut`: the connection ended before the answer did, and everybody can see that. */
  readonly ending: 'clean' | 'cut'
  readonly body: string
  field(name: string): string | undefined
}

export interface AnswerOptions {
  /** It answers a HEAD request: no body, whatever its head says. */
  readonly toHead?: boolean
  /** false: the body is counted, not kept. */
  readonly keep?: boolean
  readonly patienceMs?: number
}

/** The gateway's client: writes exact bytes, and reads strictly what comes back. */
export class WireClient {
  readonly socket: Socket
  /** How the gateway ended the connection. */
  ended: 'end' | 'reset' | undefined
  /** How much has come in all. */
  receivedBytes = 0
  #unread: Buffer[] = []

  /** @param socket connected, with `allowHalfOpen` */
  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.receivedBytes += chunk.length
      this.#unread.push(chunk)
    })
    socket.on('end', () => {
      // A reset that comes together with data reaches Node as an end, but leaves no address.
      this.ended ??= socket.remoteAddress === undefined && !socket.writableEnded ? 'reset' : 'end'
    })
    socket.on('error', () => {
      this.ended ??= 'reset'
    })
    socket.on('close', () => {
      this.ended ??= 'end'
    })
  }

  /** What has come and was not taken by `answer`, in latin1. */
  get unread(): string {
    return Buffer.concat(this.#unread).toString('latin1')
  }

  /** Text goes out in latin1: one character, one byte. */
  send(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    return this
  }

  /**
   * Takes the next final answer, complete or cut.
   *
   * @throws when the connection ends before its head is there, or it is not well-formed HTTP
   */
  async answer(options: AnswerOptions = {}): Promise<Answer> {
    const answer = await this.answerOrEnd(options)
    if (!answer) throw new Error(`the gateway closed (${this.ended}) without an answer`)
    return answer
  }

  /** As `answer`, or undefined when the connection ends without a byte of one. */
  async answerOrEnd(options: AnswerOptions = {}): Promise<Answer | undefined> {
    const interim: Answer['interim'][number][] = []
    for (;;) {
      const message = await this.#message(options)
      if (!message) return undefined
      const status = statusOf(message)
      if (status >= 200 || status === 101) return answerOf(message, interim)
      interim.push({ status, message })
    }
  }

  /** Takes one message, interim or not; undefined when the connection ends before it. */
  async #message({ toHead, keep = true, patienceMs }: AnswerOptions): Promise<Message | undefined> {
    const reader = new Reader({ isStart: IS_RESPONSE, framing: (message) => bodyOf(message, toHead ?? false), keep })
    await until('an answer', () => this.#feed(reader), patienceMs)
    if (this.ended === 'end') reader.finish()
    if (reader.rest.length > 0) this.#unread.unshift(reader.rest)
    if (!reader.message && reader.rest.length > 0) throw new Error(`${this.ended} within a head: ${this.unread}`)
    return reader.message
  }

  /** Whether no more will come of the message. */
  #feed(reader: Reader): boolean {
    while (!reader.done && this.#unread.length > 0) reader.push(this.#unread.shift()!)
    return reader.done || this.ended !== undefined
  }

  /** Waits until the text, or a match of the pattern, is among what has come; takes nothing. */
  async sees(wanted: string | RegExp, patienceMs?: number): Promise<string> {
    const holds = (text: string) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))
    await until(
      `${wanted} from the gateway`,
      () => {
        if (holds(this.unread)) return true
        if (this.ended) throw new Error(`${this.ended} before ${wanted}: ${JSON.stringify(this.unread.slice(0, 500))}`)
        return false
      },
      patienceMs,
    )
    return this.unread
  }

  /** Waits until the gateway ends the connection. */
  closed(patienceMs?: number): Promise<'end' | 'reset'> {
    return until('the gateway closes the connection', () => this.ended, patienceMs)
  }

  /** Half-closes: nothing more will be sent. */
  end(): this {
    this.socket.end()
    return this
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** RFC 9112 6.3. Only chunked answers and those of a told length end by themselves. */
function bodyOf(message: Message, toHead: boolean): 'none' | 'close' | undefined {
  const status = statusOf(message)
  const told = message.all('transfer-encoding').length + message.all('content-length').length > 0
  if ((status < 200 || status === 204) && told) throw new Error(`a ${status} that tells a length`)
  if (toHead || status < 200 || status === 204 || status === 304) return 'none'
  return told ? undefined : 'close'
}

function statusOf({ startLine }: Message): number {
  return Number(startLine.slice(9, 12))
}

function answerOf(message: Message, interim: Answer['interim']): Answer {
  return {
    status: statusOf(message),
    reason: message.startLine.slice(13),
    version: message.startLine.slice(5, 8),
    message,
    interim,
    ending: message.complete ? 'clean' : 'cut',
    get body() {
      return message.body
    },
    field: (name) => message.field(name),
  }
}
