import type { Socket } from 'node:net'
import { GatewayError } from '../../../errors.ts'
import { type Deadline, type Deadlines, Exchange, type Member, type Peer, peerOf } from '../../../proxy/index.ts'
import { answer } from '../../refusal.ts'
import { watchHalfClosed } from '../half-closed.ts'
import { lastWords } from '../last-words.ts'
import { endAtOnce, endInStages } from '../linger.ts'
import { AdaptedReply } from './adapted-reply.ts'
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
    socket.on('data', this.#received).on('drain', this.#drained).on('error', ignore)
    socket.on('end', this.#ended).on('close', this.#closed)
  }

  /** Lets it go if it is idle. One that has not carried a request yet is not: the first may be on its way. */
  leave(): void {
    if (this.#served && !this.#reply) this.socket.destroy()
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
    if (!persistent) {
      this.#deaf = true
      if (this.#isAsked && this.#early.length === 0) endAtOnce(this.socket)
      else endInStages(this.socket)
    } else if (this.#early.length > 0) this.#goOn()
    else this.#wait(this.#server.nextRequest, nowMs)
  }

  readonly lastHasLeft = (error?: Error | null): void => {
    if (!error) this.#reply?.conclude(true)
  }

  readonly #received = (chunk: Buffer): void => {
    if (this.#deaf) return
    if (this.#reply) {
      this.#keep(chunk)
      return
    }
    const head = readEverydayHead(chunk, this.#server.limits)
    if (head) this.#serve(head)
    else this.#handOver(chunk)
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
    if (this.#early.length === 0) this.#reply.closeBehind()
    watchHalfClosed(this.socket, () => this.#reply)
  }

  readonly #closed = (): void => {
    this.#stopWaiting()
    this.#server.forget(this)
    this.#reply?.conclude(false)
  }

  #serve(head: RequestHead): void {
    this.#stopWaiting()
    this.#served = true
    this.#isAsked = head.closes
    const { entrance, requests, witness } = this.#server
    const reply = new AdaptedReply(this, head)
    this.#reply = reply
    entrance.take(this.#exchangeOf(head), reply, witness)
    const refusal = entrance.shed()
    if (reply.persistent && requests.isLast(this.socket)) reply.closeBehind()
    if (refusal) answer(reply, refusal)
    else void entrance.serve(reply)
  }

  #exchangeOf({ method, url, rawHeaders, headers }: RequestHead): Exchange {
    const { entrance, witness } = this.#server
    const peer = this.#peer
    return new Exchange({
      id: entrance.idOf(headers),
      startedMs: witness.now(),
      method,
      rawTarget: url,
      rawHeaders,
      headers,
      httpVersion: '1.1',
      encrypted: peer.encrypted,
      peer,
      intake: peer,
      body: null,
      bodyLength: null,
    })
  }

  /** As much as a head may have; then the client has to wait. */
  #keep(chunk: Buffer): void {
    this.#early.push(chunk)
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
    socket.off('data', this.#received).off('drain', this.#drained).off('error', ignore)
    socket.off('end', this.#ended).off('close', this.#closed)
    this.#server.handOver(socket)
    socket.emit('data', bytes)
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

/** An error is followed by `close`. */
function ignore(): void {}
