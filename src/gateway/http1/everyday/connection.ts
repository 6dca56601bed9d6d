import type { Socket } from 'node:net'
import { GatewayError } from '../../../errors.ts'
import {
  type Deadline,
  type Deadlines,
  doneWith,
  inletOf,
  type Member,
  type Peer,
  peerOf,
  toKeep,
} from '../../../proxy/index.ts'
import { answer } from '../../refusal.ts'
import { watchHalfClosed } from '../half-closed.ts'
import { lastWords } from '../last-words.ts'
import { endAtOnce, endInStages, READ_MS } from '../linger.ts'
import { AdaptedReply } from './adapted-reply.ts'
import { exchangeOf } from './exchange-of.ts'
import { PlainBody } from './plain-body.ts'
import type { Carrier, EverydayReply } from './reply.ts'
import { type RequestHead, readEverydayHead } from './request-head.ts'
import type { Everyday } from './server.ts'

/**
 * A connection for as long as its requests are everyday ones. Listens on the socket once for all of them, and lets go of it with the
 * first that is not.
 */
export class EverydayConnection implements Deadline, Member, Carrier {
  place = -1
  dueMs = 0
  earlier: Deadline | undefined
  later: Deadline | undefined
  readonly socket: Socket
  readonly #peer: Peer
  readonly #server: Everyday
  #reply: EverydayReply | undefined
  /** Of the request at work, or of one that was answered before all of it had come. */
  #body: PlainBody | null = null
  /** The request at work asks to close the connection. */
  #isAsked = false
  /** What has come while a request is at work. */
  #early: Buffer[] = []
  #earlyBytes = 0
  #served = false
  /** The client sends nothing more. */
  #halfClosed = false
  /** Nothing that comes is a request any more. */
  #deaf = false
  #limit: Deadlines | undefined

  constructor(socket: Socket, server: Everyday) {
    this.socket = socket
    this.#peer = peerOf(socket)
    this.#server = server
    this.#wait(server.firstRequest, performance.now())
    inletOf(socket)?.leadTo(socket, this.#received)
    socket.on('data', this.#received).on('drain', this.#drained).on('error', ignore)
    socket.on('end', this.#ended).on('close', this.#closed)
  }

  /** Lets it go if it is idle. One that has not carried a request yet is not: the first may be on its way. */
  leave(): void {
    if (!this.#served || this.#reply) return
    if (this.#isBodyDue()) this.#endBeforeRest()
    else this.socket.destroy()
  }

  /** No request has come in time. */
  expire(): void {
    this.#limit = undefined
    this.#deaf = true
    if (this.#served) this.socket.destroy()
    else lastWords(this.socket, new GatewayError('GW_REQUEST_TIMEOUT', 'the request head did not arrive in time'))
  }

  answered({ persistent }: EverydayReply, nowMs: number): void {
    this.#reply = undefined
    this.#body?.answered()
    if (this.#isBodyDue()) {
      if (!persistent) this.#endBeforeRest()
      return
    }
    this.#body = null
    if (!persistent) {
      this.#deaf = true
      if (this.#isAsked && this.#early.length === 0) endAtOnce(this.socket)
      else endInStages(this.socket)
    } else if (this.#early.length > 0) this.#goOn()
    else this.#wait(this.#server.nextRequest, nowMs)
  }

  /** Node says the same of what was still to leave when the socket was destroyed. */
  readonly lastHasLeft = (error?: Error | null): void => {
    if (!error && !this.socket.destroyed) this.#reply?.conclude(true)
  }

  readonly #received = (chunk: Buffer): void => {
    if (this.#isBodyDue()) this.#receive(chunk)
    else if (this.#reply) this.#keep(chunk)
    else if (!this.#deaf) this.#begin(chunk)
  }

  readonly #drained = (): void => {
    this.#reply?.drained()
  }

  readonly #ended = (): void => {
    this.#halfClosed = true
    if (!this.#reply) {
      if (!this.#deaf) this.socket.end()
      return
    }
    if (this.#isBodyDue()) {
      this.#cutShort(this.#reply)
      return
    }
    if (this.#early.length === 0) this.#reply.closeBehind()
    watchHalfClosed(this.socket, () => this.#reply)
  }

  readonly #closed = (): void => {
    this.#stopWaiting()
    this.#server.forget(this)
    this.#reply?.conclude(false)
    this.#body?.close(gone())
  }

  #begin(chunk: Buffer): void {
    const head = readEverydayHead(chunk, this.#server.limits)
    if (!head) {
      this.#handOver(chunk)
      return
    }
    if (head.bodyLength) {
      this.#body = new PlainBody(head.bodyLength, this.socket)
      doneWith(chunk, head.end)
      if (head.end < chunk.length) this.#body.take(toKeep(chunk.subarray(head.end)))
    }
    this.#serve(head)
  }

  #serve(head: RequestHead): void {
    this.#stopWaiting()
    this.#served = true
    this.#isAsked = head.closes
    const { entrance, requests, witness } = this.#server
    const reply = new AdaptedReply(this, head, this.#body)
    this.#reply = reply
    const id = entrance.idOf(head.fields.get('x-request-id'))
    entrance.take(exchangeOf(head, this.#body, this.#peer, id, witness.now()), reply, witness)
    if (this.#isBodyDue()) this.#body!.watch(reply, this.#server.limits.bodyTimeoutMs)
    const refusal = entrance.shed()
    if (reply.persistent && requests.isLast(this.socket)) reply.closeBehind()
    if (refusal) answer(reply, refusal)
    else entrance.serve(reply)
  }

  /** Some of the body of this request, or of the one answered last, is still to come. */
  #isBodyDue(): boolean {
    return this.#body !== null && !this.#body.complete
  }

  #receive(chunk: Buffer): void {
    const behind = this.#body!.take(toKeep(chunk))
    if (!this.#isBodyDue() && !this.#reply) this.#restHasCome()
    if (behind) this.#received(behind)
  }

  /** The body will not come whole. */
  #cutShort(reply: EverydayReply): void {
    if (reply.headersSent) {
      this.socket.destroy()
      return
    }
    this.#deaf = true
    reply.conclude(false)
    lastWords(this.socket, new GatewayError('GW_BAD_REQUEST', 'the request ends within its body'))
  }

  /** The answer has left: what is still to come is only to be out of the way (RFC 9112 9.6). */
  #endBeforeRest(): void {
    this.#deaf = true
    this.socket.end()
  }

  /** Of a request that has its answer. */
  #restHasCome(): void {
    this.#body = null
    if (this.#deaf) setTimeout(() => this.socket.destroy(), READ_MS).unref()
    else this.#wait(this.#server.nextRequest, performance.now())
  }

  /** As much as a head may have; then the client has to wait. */
  #keep(chunk: Buffer): void {
    this.#early.push(toKeep(chunk))
    this.#earlyBytes += chunk.length
    if (this.#earlyBytes >= this.#server.limits.headerBytes) this.socket.pause()
  }

  /**
   * With what has come in the meantime. On TLS that is the rule: a client may have its answer, and ask again, before its
   * connection has told that the answer has left.
   */
  #goOn(): void {
    const bytes = Buffer.concat(this.#early)
    this.#early = []
    this.#earlyBytes = 0
    if (this.#halfClosed) {
      this.#handOver(bytes)
      return
    }
    if (this.socket.isPaused()) this.socket.resume()
    this.#received(bytes)
  }

  /** Once and for all. Node's server is told of what has come as it would have been told by the socket. */
  #handOver(bytes: Buffer): void {
    const { socket } = this
    this.#stopWaiting()
    this.#server.forget(this)
    this.#peer.takeBytesSent() // they have been told
    inletOf(socket)?.leadInto(socket)
    socket.off('data', this.#received).off('drain', this.#drained).off('error', ignore)
    socket.off('end', this.#ended).off('close', this.#closed)
    this.#server.handOver(socket)
    socket.emit('data', toKeep(bytes))
    if (this.#halfClosed) socket.emit('end')
    if (socket.isPaused()) socket.resume()
  }

  #wait(limit: Deadlines, nowMs: number): void {
    this.#limit = limit
    limit.set(this, nowMs)
  }

  #stopWaiting(): void {
    this.#limit?.clear(this)
    this.#limit = undefined
  }
}

/** As Node says it: the adapter tells by the code that what has come whole is good. */
function gone(): Error {
  return Object.assign(new Error('the client closed the connection'), { code: 'ECONNRESET' })
}

/** An error is followed by `close`. */
function ignore(): void {}
