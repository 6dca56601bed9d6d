import type { Socket } from 'node:net'
import { Exchange, peerOf, type Deadline, type Deadlines, type Peer } from '../../../proxy/index.ts'
import { endInStages } from '../linger.ts'
import { answer } from '../../refusal.ts'
import { EverydayReply } from './reply.ts'
import { readHead } from './request-head.ts'
import { EverydayRequest } from './request.ts'
import type { EverydayMeans } from './server.ts'

export class EverydayConnection implements Deadline {
  dueMs = 0
  earlier: Deadline | undefined
  later: Deadline | undefined
  readonly #socket: Socket
  readonly #peer: Peer
  readonly #means: EverydayMeans
  #reply: EverydayReply | undefined
  #held: Buffer[] = []
  #deaf = false
  #limit: Deadlines | undefined
  readonly #listeners: { [event: string]: (...args: any[]) => void }

  constructor(socket: Socket, means: EverydayMeans) {
    this.#socket = socket
    this.#peer = peerOf(socket)
    this.#means = means
    this.#wait(means.headDeadlines)
    this.#listeners = {
      data: (chunk: Buffer) => this.#received(chunk),
      drain: () => this.#reply?.drained(),
      end: () => this.#ended(),
      error: () => undefined,
      close: () => this.#closed(),
    }
    for (const event in this.#listeners) socket.on(event, this.#listeners[event]!)
  }

  expire(): void {
    this.#limit = undefined
    this.#socket.destroy()
  }

  answered(reply: EverydayReply): void {
    this.#reply = undefined
    if (!reply.persistent) {
      this.#deaf = true
      endInStages(this.#socket)
    } else if (this.#held.length > 0) this.#handOver(Buffer.concat(this.#held))
    else this.#wait(this.#means.idleDeadlines)
  }

  #received(chunk: Buffer): void {
    if (this.#deaf) return
    if (this.#reply) {
      this.#held.push(chunk)
      return
    }
    const means = this.#means
    const head = readHead(chunk, means.limits)
    if (!head) {
      this.#handOver(chunk)
      return
    }
    this.#stopWaiting()
    const peer = this.#peer
    const { entrance } = means
    const exchange = new Exchange({
      id: entrance.idOf(head.headers),
      startedMs: means.now(),
      method: head.method,
      rawTarget: head.target,
      rawHeaders: head.rawHeaders,
      headers: head.headers,
      httpVersion: '1.1',
      encrypted: peer.encrypted,
      peer,
      intake: peer,
      body: null,
      bodyLength: null,
    })
    const reply = new EverydayReply(this, this.#socket, head.method === 'HEAD', means.keepAliveLines)
    this.#reply = reply
    entrance.take(exchange, reply, means.witness)
    const refusal = entrance.shed()
    if (means.requests.isLast(this.#socket) || head.closes || refusal) reply.closeBehind()
    if (refusal) answer(reply, refusal)
    else void entrance.serve(new EverydayRequest(head) as unknown as Request, reply, means.leaveToAdapter)
  }

  #ended(): void {
    if (this.#reply) this.#reply.closeBehind()
    else this.#socket.end()
  }

  #closed(): void {
    this.#stopWaiting()
    this.#reply?.conclude(false)
  }

  #wait(limit: Deadlines): void {
    this.#limit = limit
    limit.set(this, this.#means.now())
  }

  #stopWaiting(): void {
    this.#limit?.clear(this)
    this.#limit = undefined
  }

  #handOver(chunk: Buffer): void {
    const socket = this.#socket
    this.#stopWaiting()
    for (const event in this.#listeners) socket.off(event, this.#listeners[event]!)
    socket.pause()
    socket.unshift(chunk)
    this.#means.handOver(socket)
    socket.resume()
  }
}
