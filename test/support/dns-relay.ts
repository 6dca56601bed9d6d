import { createSocket, type Socket } from 'node:dgram'
import { until } from './until.ts'

/** Longer than the pause between two questions of an adapter that is told to ask again and again. */
const RECENT_MS = 300

/**
 * A UDP relay on loopback in front of a DNS server, so that the server can be exchanged, a question be lost or refused,
 * and questions be counted.
 */
export class DnsRelay {
  #target: number
  #port = 0
  #socket: Socket | undefined
  readonly #asked: { readonly at: number; readonly name: string }[] = []
  /** A question whose name it holds is answered with SERVFAIL, or with nothing. */
  refused: ((name: string) => boolean) | undefined
  lost: ((name: string) => boolean) | undefined
  /** The most questions under way at a time. */
  most = 0
  #underWay = 0

  constructor(target: number) {
    this.#target = target
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Names that have been asked for, in order. */
  get asked(): readonly string[] {
    return this.#asked.map(({ name }) => name)
  }

  /** How many questions came within the last moments. */
  get recent(): number {
    const since = performance.now() - RECENT_MS
    return this.#asked.filter(({ at }) => at > since).length
  }

  turnTo(target: number): void {
    this.#target = target
  }

  /** Opens the port, the same one each time. */
  async open(): Promise<void> {
    const socket = createSocket('udp4')
    this.#socket = socket
    socket.on('message', (question, from) => this.#pass(socket, question, from))
    await new Promise<void>((resolve) => socket.bind(this.#port, '127.0.0.1', resolve))
    this.#port = socket.address().port
  }

  /** Closes it: the next question is refused by the kernel. */
  async close(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()))
    await until('nothing under way', () => this.#underWay === 0)
  }

  #pass(socket: Socket, question: Buffer, from: { port: number; address: string }): void {
    const name = nameIn(question)
    this.#asked.push({ at: performance.now(), name })
    if (this.lost?.(name)) return
    if (this.refused?.(name)) return void socket.send(servfail(question), from.port, from.address)
    this.most = Math.max(this.most, ++this.#underWay)
    const upstream = createSocket('udp4')
    const end = () => {
      this.#underWay--
      upstream.close()
    }
    const timer = setTimeout(end, 2000)
    upstream.on('error', () => {})
    upstream.once('message', (answer) => {
      clearTimeout(timer)
      end()
      if (this.#socket === socket) socket.send(answer, from.port, from.address)
    })
    upstream.send(question, this.#target, '127.0.0.1')
  }
}

/** RFC 1035, 4.1.2: labels, each after its length, from the thirteenth byte on. */
function nameIn(message: Buffer): string {
  const labels: string[] = []
  for (let at = 12; message[at]; at += 1 + message[at]!)
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]!))
  return labels.join('.')
}

/** RFC 1035, 4.1.1: the question as an answer (QR) whose code is 2. */
function servfail(question: Buffer): Buffer {
  const answer = Buffer.from(question)
  answer[2]! |= 0x80
  answer[3] = (answer[3]! & 0xf0) | 2
  return answer
}
